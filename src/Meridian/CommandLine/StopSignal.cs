namespace Meridian.CommandLine;

/// <summary>The wish that the program ends: SIGINT or SIGTERM, which the command line makes a cancellation.</summary>
internal static class StopSignal
{
    public static async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }
}
