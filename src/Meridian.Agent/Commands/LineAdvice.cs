using Meridian.Tunnel.Sites;

namespace Meridian.Agent.Commands;

/// <summary>What the figures of a line to a gateway mean to a person.</summary>
internal static class LineAdvice
{
    /// <summary>How far clocks may differ before certificates are taken for old or new ones.</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    /// <summary>Differences below this are not reported: the gateway sends its time in whole seconds.</summary>
    private static readonly TimeSpan SmallSkew = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongRoundTrip = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether the clocks agree well enough for certificates.</summary>
    public static bool IsClockGood(LineReading line) => line.Ahead.Duration() < MaxSkew;

    public static string ClockText(LineReading line)
    {
        var skew = line.Ahead.Duration();
        return skew < SmallSkew ? "as the gateway's"
            : $"{skew.TotalSeconds:0} s {(line.Ahead > TimeSpan.Zero ? "ahead of" : "behind")} the gateway's";
    }

    /// <param name="line">What was measured.</param>
    /// <param name="maxSendBuffer">Octets that the kernel keeps for one connection, at most.</param>
    public static string ThroughputText(LineReading line, double maxSendBuffer) =>
        $"{line.Down / (1 << 20):0.0} MiB/s from the gateway, {line.Up / (1 << 20):0.0} MiB/s to it, "
        + $"on one connection{(IsLimitedByBuffers(line, maxSendBuffer) ? BufferAdvice : "")}";

    private const string BufferAdvice =
        "; the kernel's buffers limit it: raise net.ipv4.tcp_rmem and tcp_wmem, here and at the gateway";

    // One connection carries at most what its buffers hold, once for each round trip (the bandwidth-delay product).
    private static bool IsLimitedByBuffers(LineReading line, double maxSendBuffer) =>
        line.RoundTrip > LongRoundTrip
        && Math.Min(line.Down, line.Up) > 0.5 * maxSendBuffer / line.RoundTrip.TotalSeconds;
}
