namespace Meridian.Gateway.Upstreams;

/// <summary>
/// A moving average that rises at once and falls slowly, so that one slow answer is believed and one fast one is not
/// (the peak EWMA of Finagle and Linkerd).
/// </summary>
internal sealed class PeakEwma(TimeProvider time)
{
    /// <summary>How long it takes until an old value counts for 1/e.</summary>
    private static readonly TimeSpan Decay = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private double _value;
    private long _at = time.GetTimestamp();

    /// <summary>
    /// Seconds; 0 before anything was measured. Old values fade, or a slow address would never be tried again.
    /// </summary>
    public double Value
    {
        get
        {
            lock (_lock)
                return _value * KeptSince(_at, time.GetTimestamp());
        }
    }

    /// <param name="seconds">The measured time.</param>
    public void Observe(double seconds)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var kept = KeptSince(_at, now);
            if (seconds >= _value * kept)
                kept = 0;
            _value = (_value * kept) + (seconds * (1 - kept));
            _at = now;
        }
    }

    private double KeptSince(long then, long now) => Math.Exp(-(time.GetElapsedTime(then, now) / Decay));
}
