using System.Collections.Immutable;

namespace Meridian.Drill;

/// <summary>Runs the checks at their times, and a scenario's commands beside them.</summary>
public static class DrillRunner
{
    /// <param name="options">What to check.</param>
    /// <param name="checks">How many checks; fewer when cancelled.</param>
    /// <param name="client">Sends them.</param>
    /// <param name="seen">Told of every check as it ends.</param>
    /// <param name="time">The clock.</param>
    /// <param name="firstNumber">Number of the first check.</param>
    /// <param name="cancellationToken">Ends the drill early; what was seen so far is given.</param>
    public static async Task<ImmutableArray<DrillCheck>> RunAsync(
        DrillOptions options, int checks, DrillClient client, Action<DrillCheck> seen, TimeProvider time, int firstNumber,
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
                var check = await client.CheckAsync(firstNumber + i, cancellationToken);
                results.Add(check);
                seen(check);
            }
        }
        catch (OperationCanceledException)
        {
            // Ended by hand: the summary is of what was seen.
        }

        return results.ToImmutable();
    }
}
