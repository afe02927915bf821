using System.Buffers.Binary;

namespace Meridian.Dns.Limiting;

/// <summary>
/// Response rate limiting (Vixie and Schryver, 2012), which keeps attackers from using this server to flood somebody
/// else: one network gets at most a set number of responses of one sort a second. All threads share a fixed table and
/// need one compare-and-swap for a response. A bucket holds the time at which it will be empty again (the generic cell
/// rate algorithm, ITU-T I.371). Two keys that share a bucket are limited together, which at worst costs a client a
/// truncated answer.
/// </summary>
public sealed class RateLimiter
{
    private const int BucketBits = 16;
    private const int V4Bits = 24;
    private const int V6Bits = 56;
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const ulong NanosecondsPerTick = NanosecondsPerSecond / TimeSpan.TicksPerSecond;

    private readonly ulong[] _buckets = new ulong[1 << BucketBits];
    private readonly RateLimit _limit;
    private readonly (byte[] Base, int Bits)[] _exempt;
    private readonly ulong _interval;
    private readonly ulong _burst;
    private readonly ulong _seed;
    private long _dropped;
    private long _slipped;
    private uint _turn;

    /// <param name="limit">The limit, above 0.</param>
    /// <param name="seed">Random bits mixed into the table, so that nobody can aim at another client's bucket.</param>
    public RateLimiter(RateLimit limit, ulong seed)
    {
        _limit = limit;
        _seed = seed;
        _exempt = [.. limit.Exempt.Select(n => (n.BaseAddress.GetAddressBytes(), n.PrefixLength))];

        // Rounded up, so that the rate is never above the limit.
        _interval = (NanosecondsPerSecond + (ulong)limit.PerSecond - 1) / (ulong)limit.PerSecond;
        _burst = _interval * (ulong)limit.PerSecond;
    }

    public long Dropped => Interlocked.Read(ref _dropped);

    public long Slipped => Interlocked.Read(ref _slipped);

    /// <summary>Decides about one response and counts it.</summary>
    /// <param name="address">The client, 4 or 16 octets.</param>
    /// <param name="key">Equal for responses that count together.</param>
    /// <param name="now">The time.</param>
    public LimitVerdict Judge(ReadOnlySpan<byte> address, uint key, DateTimeOffset now)
    {
        if (IsExempt(address))
            return LimitVerdict.Send;
        var hash = Mix(Network(address) ^ _seed ^ ((ulong)key << 32));
        ref var bucket = ref _buckets[hash & ((1 << BucketBits) - 1)];
        var time = (ulong)(now - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;
        while (true)
        {
            // A second's worth may come at once: a resolver that starts anew asks much in a moment.
            var old = Volatile.Read(ref bucket);
            var emptyAt = Math.Max(old, time);
            if (emptyAt - time + _interval > _burst)
                return Over();
            if (Interlocked.CompareExchange(ref bucket, emptyAt + _interval, old) == old)
                return LimitVerdict.Send;
        }
    }

    private LimitVerdict Over()
    {
        if (_limit.Slip > 0 && Interlocked.Increment(ref _turn) % (uint)_limit.Slip == 0)
        {
            Interlocked.Increment(ref _slipped);
            return LimitVerdict.Slip;
        }

        Interlocked.Increment(ref _dropped);
        return LimitVerdict.Drop;
    }

    private bool IsExempt(ReadOnlySpan<byte> address)
    {
        foreach (var (prefix, bits) in _exempt)
        {
            if (prefix.Length == address.Length && address[..(bits / 8)].SequenceEqual(prefix.AsSpan(0, bits / 8))
                && (bits % 8 == 0 || ((address[bits / 8] ^ prefix[bits / 8]) >> (8 - (bits % 8))) == 0))
                return true;
        }

        return false;
    }

    // One client is a /24 in IPv4 and a /56 in IPv6, as in BIND, Knot and NSD.
    private static ulong Network(ReadOnlySpan<byte> address) => address.Length == 4
        ? BinaryPrimitives.ReadUInt32BigEndian(address) >> (32 - V4Bits)
        : (BinaryPrimitives.ReadUInt64BigEndian(address) >> (64 - V6Bits)) | (1UL << 63);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
