using Meridian.Dns.Records;
using Meridian.Dns.Records.Fields;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>
/// Record data with the names in it in lower case (RFC 4034 section 6.2, RFC 6840 section 5.1): what is signed, and
/// what tells whether two records are the same.
/// </summary>
internal static class CanonicalData
{
    /// <summary>
    /// Compares data of a type: two records are one where they differ only in the case of a name in them (RFC 2181
    /// section 5, RFC 4034 section 6.2).
    /// </summary>
    public static IEqualityComparer<byte[]> ComparerOf(RecordType type) =>
        RDataFormat.Of(type) is { LastName: >= 0 } ? EqualityComparer<byte[]>.Create(
            (x, y) => MayBeSame(x, y) && Of(type, x!).AsSpan().SequenceEqual(Of(type, y!)),
            data => ByteOrder.Instance.GetHashCode(Of(type, data)))
        : ByteOrder.Instance;

    public static byte[] Of(RecordType type, byte[] data)
    {
        // What is no data of its type, as in a wrong update, has no names to look for.
        if (RDataFormat.Of(type) is not { LastName: >= 0 } format || !RDataFormat.IsValid(type, data))
            return data;
        var copy = (byte[])data.Clone();
        var start = 0;
        foreach (var field in format.Fields.AsSpan(0, format.LastName + 1))
        {
            var length = field.LengthOf(data.AsSpan(start));
            if (field is NameField)
                DnsName.ToLower(data.AsSpan(start, length), copy.AsSpan(start));
            start += length;
        }

        return copy;
    }

    // What differs in more than the case of letters is told apart without looking for names: a set may be large.
    private static bool MayBeSame(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        if (x.Length != y.Length)
            return false;
        for (var i = 0; i < x.Length; i++)
        {
            if (((x[i] ^ y[i]) & ~0x20) != 0)
                return false;
        }

        return true;
    }
}
