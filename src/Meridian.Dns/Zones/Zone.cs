using Meridian.Dns.Answering;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>The immutable data of one zone.</summary>
public sealed class Zone
{
    private readonly NameTable<ZoneNode> _nodes;

    internal Zone(DnsName origin, IReadOnlyCollection<ZoneNode> nodes)
    {
        Origin = origin;
        _nodes = new NameTable<ZoneNode>(nodes, n => n.Name);
        Apex = _nodes.Find(origin.Canonical)!;
        Soa = Apex.Find(RecordType.SOA)!;
        NegativeTtl = Math.Min(Zones.Soa.MinimumOf(Soa), Soa.Ttl);

        var buffer = new byte[Responder.MaxResponse];
        Negative = ReadyAnswers.Negative(this, buffer);
        foreach (var node in nodes)
            node.Ready = ReadyAnswers.Of(this, node, buffer);
    }

    public DnsName Origin { get; }

    public RecordSet Soa { get; }

    /// <summary>Version of the zone (RFC 1982).</summary>
    public uint Serial => Zones.Soa.SerialOf(Soa);

    /// <summary>TTL of negative answers in seconds: the lesser of the SOA's TTL and its minimum (RFC 2308 section 5).</summary>
    public uint NegativeTtl { get; }

    public ZoneNode Apex { get; }

    /// <summary>What goes with every negative answer.</summary>
    internal ReadyAnswer Negative { get; }

    /// <summary>Number of names, empty non-terminals included.</summary>
    public int NodeCount => _nodes.Count;

    /// <summary>Every name, in no order.</summary>
    public IEnumerable<ZoneNode> Nodes => _nodes.Values;

    /// <summary>The node with a name in canonical wire form.</summary>
    public ZoneNode? Find(ReadOnlySpan<byte> name) => _nodes.Find(name);

    /// <summary>
    /// What a name meets in the zone (RFC 1034 section 4.3.2 step 3, RFC 4592, RFC 6672). Every name between the origin and
    /// a name that exists has a node, so the first hit on the way up is the closest encloser.
    /// </summary>
    /// <param name="keys">A name at or below the origin, in canonical form.</param>
    internal ZoneMatch Search(scoped in NameKeys keys)
    {
        if (_nodes.Find(keys.Name(0), keys.Hash(0)) is { } exact)
            return exact.Meeting;
        for (var i = 1; ; i++)
        {
            if (_nodes.Find(keys.Name(i), keys.Hash(i)) is { } encloser)
                return encloser.MeetingBelow;
        }
    }
}
