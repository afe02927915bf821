using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("A DNS zone that this server is authoritative for.", ShortName = "mzone")]
public sealed record Zone : Resource
{
    [Field("The zone's own name, such as `ai.example.com`")]
    public required string Origin { get; init; }

    [Field("Time to live of the records below that give none", Min = "0s", Max = "24855d")]
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(300);

    [Field("The start-of-authority record", Default = "made from the first name server")]
    public ZoneSoa? Soa { get; init; }

    [Field("The zone's name servers, published as NS records with their addresses")]
    public ImmutableArray<ZoneNameServer> NameServers { get; init; } = [];

    [Field("Records of the zone that are not steered")]
    public ImmutableArray<ZoneRecord> Records { get; init; } = [];

    [Field("An RFC 1035 master file, relative to the file that this resource stands in", IsPath = true)]
    public string? File { get; init; }

    [Field("Who may transfer the zone", Default = "nobody")]
    public ImmutableArray<ZoneAccess> Transfer { get; init; } = [];

    [Field("Secondaries that are told of every new version (RFC 1996)")]
    public ImmutableArray<ZonePeer> Notify { get; init; } = [];

    [Field("Who may change records that are not steered by dynamic update (RFC 2136); each rule names a key",
        Default = "nobody")]
    public ImmutableArray<ZoneAccess> Update { get; init; } = [];

    [Field("Where the zone comes from, the preferred first: this server is then a secondary of it, and may steer " +
        "names in it")]
    public ImmutableArray<ZonePeer> Primaries { get; init; } = [];

    [Field("Tell the parent zone of this one, as a DNSEndpoint of ExternalDNS, where resources are read from a cluster",
        Default = "not told")]
    public ZoneDelegation? Delegation { get; init; }

    [Field("Sign the zone", Default = "not signed")]
    public ZoneDnssec? Dnssec { get; init; }

    /// <summary>
    /// SOA serial when <see cref="ZoneSoa.Serial"/> gives none: the modification time of its file, in Unix seconds.
    /// </summary>
    public uint DefaultSerial { get; init; } = 1;

    internal override Zone ReadAt(DateTimeOffset modified) =>
        this with { DefaultSerial = (uint)Math.Max(1, modified.ToUnixTimeSeconds()) };
}
