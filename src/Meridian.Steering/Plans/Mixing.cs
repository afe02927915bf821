namespace Meridian.Steering.Plans;

/// <summary>Turns 64 bits into 64 other bits that look independent (the finalizer of SplitMix64).</summary>
public static class Mixing
{
    public static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    public static ulong Mix(string text)
    {
        var hash = 0UL;
        foreach (var c in text)
            hash = Mix(hash ^ c);
        return hash;
    }

    /// <summary>A number below <paramref name="bound"/>, evenly (up to 2^-32 for bounds below 2^32).</summary>
    public static int Below(ulong draw, int bound) => (int)Math.BigMul(draw, (ulong)bound, out _);

    /// <summary>A number in the open interval from 0 to 1.</summary>
    public static double Unit(ulong draw) => ((draw >> 12) + 0.5) / (1UL << 52);
}
