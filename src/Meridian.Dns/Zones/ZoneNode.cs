using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>A name of a zone with all that it owns. A node with nothing is an empty non-terminal (RFC 4592 section 2.2.2).</summary>
public sealed class ZoneNode
{
    internal ZoneNode(DnsName name, ImmutableArray<RecordSet> sets, ISteeredName? steered, bool isApex)
    {
        Name = name;
        Sets = sets;
        Steered = steered;
        Alias = Find(RecordType.CNAME);
        Redirect = Find(RecordType.DNAME);
        Delegation = isApex ? null : Find(RecordType.NS);
    }

    public DnsName Name { get; }

    public ImmutableArray<RecordSet> Sets { get; }

    /// <summary>Who answers for the addresses of the name, if they are steered.</summary>
    public ISteeredName? Steered { get; }

    /// <summary>The CNAME record, if any.</summary>
    public RecordSet? Alias { get; }

    /// <summary>The DNAME record, if any (RFC 6672).</summary>
    public RecordSet? Redirect { get; }

    /// <summary>The NS records that make the node a zone cut; null for the zone's own.</summary>
    public RecordSet? Delegation { get; }

    /// <summary>The node of <c>*</c> below this one, if any.</summary>
    public ZoneNode? Wildcard { get; internal set; }

    public RecordSet? Find(RecordType type)
    {
        foreach (var set in Sets)
        {
            if (set.Type == type)
                return set;
        }

        return null;
    }
}
