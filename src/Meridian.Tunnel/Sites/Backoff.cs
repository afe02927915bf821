namespace Meridian.Tunnel.Sites;

/// <summary>
/// How long to wait before dialling again: a random part of a span that doubles (full jitter), so that a thousand
/// agents do not come back together.
/// </summary>
internal sealed class Backoff
{
    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

    /// <summary>A tunnel that stood this long was a good one.</summary>
    public static readonly TimeSpan Healthy = TimeSpan.FromSeconds(60);

    private int _failures;

    public TimeSpan Next()
    {
        var span = Math.Min(Most.TotalSeconds, Base.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 10)));
        return TimeSpan.FromSeconds(Random.Shared.NextDouble() * span);
    }

    public void Reset() => _failures = 0;
}
