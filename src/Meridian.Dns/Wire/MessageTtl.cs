namespace Meridian.Dns.Wire;

/// <summary>Computes how long a whole response may be cached.</summary>
public static class MessageTtl
{
    /// <summary>
    /// The shortest TTL of answer and authority in seconds; 0 where there is none, or the message is malformed.
    /// </summary>
    public static uint Of(ReadOnlySpan<byte> message)
    {
        var reader = new DnsReader(message);
        if (!reader.TryReadUInt32(out _) || !reader.TryReadUInt16(out var questions)
            || !reader.TryReadUInt16(out var answers)
            || !reader.TryReadUInt16(out var authorities) || !reader.TryReadUInt16(out _))
            return 0;
        for (var i = 0; i < questions; i++)
        {
            if (!reader.TrySkipName() || !reader.TryReadUInt32(out _))
                return 0;
        }

        var least = uint.MaxValue;
        for (var i = 0; i < answers + authorities; i++)
        {
            if (!reader.TrySkipName() || !reader.TryReadUInt32(out _) || !reader.TryReadUInt32(out var ttl)
                || !reader.TryReadUInt16(out var length) || !reader.TryReadBytes(length, out _))
                return 0;
            least = Math.Min(least, ttl);
        }

        return least == uint.MaxValue ? 0 : least;
    }
}
