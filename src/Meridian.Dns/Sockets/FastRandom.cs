namespace Meridian.Dns.Sockets;

/// <summary>
/// A small, fast random number generator (SplitMix64, Steele and others, OOPSLA 2014). Not for secrets.
/// </summary>
public struct FastRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A generator with a random seed.</summary>
    public static FastRandom Seeded() => new((ulong)Random.Shared.NextInt64());

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
