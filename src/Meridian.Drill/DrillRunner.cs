using System.Collections.Immutable;

namespace Meridian.Drill;

/// <summary>Runs the checks at their times, and a scenario's commands beside them.</summary>
public static class DrillRunner
{
    /// <summary>A client for each way of the options.</summary>
    public static ImmutableArray<DrillClient> Clients(DrillOptions options, TimeProvider time) =>
        [.. options.Ways.Select(w => new DrillClient(options, w, time))];

    /// <param name="options">What to check.</param>
    /// <param name="checks">How many checks each way; fewer when cancelled.</param>
    /// <param name="clients">Send them, one for each way.</param>
    /// <param name="seen">Gets every check as it ends.</param>
    /// <param name="time">The clock.</param>
    /// <param name="firstNumber">Number of the first check.</param>
    /// <param name="cancellationToken">Ends the drill early; the result is what was seen so far.</param>
    public static async Task<ImmutableArray<DrillCheck>> RunAsync(
        DrillOptions options, int checks, ImmutableArray<DrillClient> clients, Action<DrillCheck> seen,
        TimeProvider time, int firstNumber,
        CancellationToken cancellationToken)
    {
        var results = ImmutableArray.CreateBuilder<DrillCheck>();
        var start = time.GetTimestamp();
        try
        {
            for (var i = 0; i < checks; i++)
            {
                // A check that takes long does not shift the ones after it, but two never run at once.
                var wait = (options.Interval * i) - time.GetElapsedTime(start);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, cancellationToken);
                foreach (var check in await Task.WhenAll(clients
                    .Select(c => c.CheckAsync(firstNumber + i, cancellationToken))))
                {
                    results.Add(check);
                    seen(check);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // A person has ended the drill: the summary covers what was seen.
        }

        return results.ToImmutable();
    }
}
