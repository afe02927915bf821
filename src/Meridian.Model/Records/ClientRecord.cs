using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Meridian.Model.Values;

namespace Meridian.Model.Records;

/// <summary>
/// A record set as a client wrote it, in the form of ExternalDNS (<c>endpoint.Endpoint</c>); the client reads back
/// exactly what it wrote. Equal to another with the same content.
/// </summary>
public sealed record ClientRecord
{
    [JsonPropertyName("dnsName")]
    public string DnsName { get; init; } = "";

    [JsonPropertyName("targets")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ImmutableArray<string> Targets { get; init; } = [];

    [JsonPropertyName("recordType")]
    public string RecordType { get; init; } = "";

    /// <summary>Tells records of one name and type apart, each a member of a group; empty for none.</summary>
    [JsonPropertyName("setIdentifier")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SetIdentifier { get; init; }

    /// <summary>Seconds; 0 for none given.</summary>
    [JsonPropertyName("recordTTL")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long RecordTtl { get; init; }

    [JsonPropertyName("labels")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<string, string>? Labels { get; init; }

    [JsonPropertyName("providerSpecific")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RecordProperty>? ProviderSpecific { get; init; }

    /// <summary>The identity of the record: name in canonical form, type and set identifier.</summary>
    [JsonIgnore]
    public (string Name, string Type, string Set) Key =>
        (DomainName.TryNormalize(DnsName, null, out var name, out _) ? name : DnsName.ToLowerInvariant(),
            RecordType.ToUpperInvariant(), SetIdentifier ?? "");

    public bool Equals(ClientRecord? other) => other is not null
        && (DnsName, RecordType, SetIdentifier, RecordTtl)
            == (other.DnsName, other.RecordType, other.SetIdentifier, other.RecordTtl)
        && Targets.AsSpan().SequenceEqual(other.Targets.AsSpan())
        && (Labels ?? NoLabels).SequenceEqual(other.Labels ?? NoLabels)
        && (ProviderSpecific ?? []).SequenceEqual(other.ProviderSpecific ?? []);

    public override int GetHashCode() => HashCode.Combine(DnsName, RecordType, SetIdentifier, RecordTtl);

    private static ImmutableSortedDictionary<string, string> NoLabels =>
        ImmutableSortedDictionary<string, string>.Empty;
}
