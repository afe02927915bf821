using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("Zone", "A DNS zone that this server is authoritative for.")]
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

    [Field("An RFC 1035 master file, relative to the file that this resource stands in")]
    public string? File { get; init; }

    /// <summary>SOA serial when <see cref="ZoneSoa.Serial"/> gives none: the modification time of its file, in Unix seconds.</summary>
    public uint DefaultSerial { get; init; } = 1;
}
