namespace Meridian.Dns.Wire;

/// <summary>
/// Names from the root outwards, label by label: the canonical order of a zone (RFC 4034 section 6.1).
/// </summary>
internal sealed class CanonicalOrder : IComparer<DnsName>
{
    private const int MaxLabels = 128;

    public static CanonicalOrder Instance { get; } = new();

    public int Compare(DnsName? x, DnsName? y)
    {
        Span<byte> a = stackalloc byte[MaxLabels];
        Span<byte> b = stackalloc byte[MaxLabels];
        var i = Offsets(x!.Canonical, a);
        var j = Offsets(y!.Canonical, b);
        while (i > 0 && j > 0)
        {
            var compared = Label(x.Canonical, a[--i]).SequenceCompareTo(Label(y.Canonical, b[--j]));
            if (compared != 0)
                return compared;
        }

        return i.CompareTo(j);
    }

    private static int Offsets(ReadOnlySpan<byte> name, Span<byte> offsets)
    {
        var count = 0;
        for (var at = 0; name[at] != 0; at += name[at] + 1)
            offsets[count++] = (byte)at;
        return count;
    }

    private static ReadOnlySpan<byte> Label(ReadOnlySpan<byte> name, int at) => name.Slice(at + 1, name[at]);
}
