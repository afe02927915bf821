using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>The immutable data of one zone.</summary>
public sealed class Zone
{
    private readonly Dictionary<DnsName, ZoneNode>.AlternateLookup<ReadOnlySpan<byte>> _nodes;

    internal Zone(DnsName origin, Dictionary<DnsName, ZoneNode> nodes, RecordSet soa, uint negativeTtl)
    {
        Origin = origin;
        Soa = soa;
        NegativeTtl = negativeTtl;
        Apex = nodes[origin];
        NodeCount = nodes.Count;
        _nodes = nodes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public DnsName Origin { get; }

    public RecordSet Soa { get; }

    /// <summary>TTL of negative answers in seconds: the lesser of the SOA's TTL and its minimum (RFC 2308 section 5).</summary>
    public uint NegativeTtl { get; }

    public ZoneNode Apex { get; }

    /// <summary>Number of names, empty non-terminals included.</summary>
    public int NodeCount { get; }

    /// <summary>The node with a name in canonical wire form.</summary>
    public ZoneNode? Find(ReadOnlySpan<byte> name) => _nodes.TryGetValue(name, out var node) ? node : null;

    /// <summary>
    /// Walks from the origin down to <paramref name="name"/>, which is at or below it (RFC 1034 section 4.3.2 step 3,
    /// RFC 4592, RFC 6672).
    /// </summary>
    public ZoneMatch Search(ReadOnlySpan<byte> name)
    {
        Span<byte> offsets = stackalloc byte[128];
        var depth = 0;
        for (var at = 0; name.Length - at > Origin.Wire.Length; at += name[at] + 1)
            offsets[depth++] = (byte)at;

        var encloser = Apex;
        while (depth > 0)
        {
            if (encloser.Redirect is not null)
                return new ZoneMatch(MatchKind.Redirect, encloser);
            var at = offsets[--depth];
            if (Find(name[at..]) is not { } node)
                return encloser.Wildcard is { } wildcard
                    ? new ZoneMatch(MatchKind.Wildcard, wildcard)
                    : new ZoneMatch(MatchKind.NoName, encloser);
            if (node.Delegation is not null)
                return new ZoneMatch(depth == 0 ? MatchKind.Cut : MatchKind.BelowCut, node);
            encloser = node;
        }

        return new ZoneMatch(MatchKind.Exact, encloser);
    }
}
