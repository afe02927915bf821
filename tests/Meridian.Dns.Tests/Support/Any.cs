using CsCheck;

namespace Meridian.Dns.Tests.Support;

internal static class Any
{
    /// <summary>One of some values.</summary>
    public static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
