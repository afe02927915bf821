using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Model.Verdicts;

namespace Meridian.Bench.Dns;

/// <summary>Turns verdicts while the generator runs: a word on a pool, and its end, ten times a second.</summary>
internal static class Flips
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>Flips until it is cancelled; the number of flips.</summary>
    public static async Task<int> RunAsync(int port, CancellationToken cancellationToken)
    {
        using var api = new ManagementClient(new Uri($"http://127.0.0.1:{port}"), null);
        var count = 0;
        try
        {
            while (true)
            {
                await api.SetOverrideAsync(new OverrideRequest("pool/vn*", OverrideState.Down, "bench", "bench", null,
                    Force: true), cancellationToken);
                await Task.Delay(Pace, cancellationToken);
                await api.ClearOverrideAsync("pool/vn*", "bench", true, cancellationToken);
                await Task.Delay(Pace, cancellationToken);
                count += 2;
            }
        }
        catch (OperationCanceledException)
        {
            return count;
        }
    }
}
