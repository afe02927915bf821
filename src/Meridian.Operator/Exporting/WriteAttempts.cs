using Meridian.Kubernetes.Queueing;

namespace Meridian.Operator.Exporting;

/// <summary>
/// Remembers what was written, so that only what has changed, failed or was not compared for long is written again.
/// Each thing stands for itself; what fails is tried again, ever more slowly, and is reported once for each reason.
/// </summary>
internal sealed class WriteAttempts(TimeProvider time, Action<string> log)
{
    /// <summary>How often all is compared with what should be there, even where nothing changed here.</summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(2);

    private static readonly RetryDelays Retries = new() { First = TimeSpan.FromSeconds(1) };

    private readonly Dictionary<string, LastTry> _last = [];

    /// <summary>Does it, if it is due.</summary>
    /// <param name="name">What it is, for people as well.</param>
    /// <param name="text">Different where something else is to be done.</param>
    /// <param name="act">Does it, or throws.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task TryAsync(string name, string text, Func<Task> act, CancellationToken cancellationToken)
    {
        var last = _last.GetValueOrDefault(name);
        if (last is not null && last.Text == text && time.GetElapsedTime(last.At)
            < (last.Failures == 0 ? Recheck : Retries.Of(last.Failures)))
            return;
        try
        {
            await act();
            _last[name] = new LastTry(text, time.GetTimestamp(), 0, null);
            if (last?.Fault is not null)
                log($"{name} is done again");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (last?.Fault != e.Message)
                log($"{name} cannot be done yet: {e.Message}");
            _last[name] = new LastTry(text, time.GetTimestamp(), (last?.Failures ?? 0) + 1, e.Message);
        }
    }

    /// <summary>Why it failed last; null where it did not.</summary>
    public string? FaultOf(string name) => _last.GetValueOrDefault(name)?.Fault;

    /// <summary>Forgets all but these.</summary>
    public void Keep(IEnumerable<string> names)
    {
        foreach (var gone in _last.Keys.Except(names).ToArray())
            _last.Remove(gone);
    }

    private sealed record LastTry(string Text, long At, int Failures, string? Fault);
}
