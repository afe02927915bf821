using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Meridian.Model.Records;

/// <summary>
/// Changes that belong together, in the form of ExternalDNS (<c>plan.Changes</c>). Any part may be absent.
/// </summary>
public sealed record RecordChanges
{
    [JsonPropertyName("create")]
    public IReadOnlyList<ClientRecord>? Create { get; init; }

    [JsonPropertyName("updateOld")]
    public IReadOnlyList<ClientRecord>? UpdateOld { get; init; }

    [JsonPropertyName("updateNew")]
    public IReadOnlyList<ClientRecord>? UpdateNew { get; init; }

    [JsonPropertyName("delete")]
    public IReadOnlyList<ClientRecord>? Delete { get; init; }

    /// <summary>Every record that the changes name.</summary>
    [JsonIgnore]
    public IEnumerable<ClientRecord> All => [.. Create ?? [], .. UpdateOld ?? [], .. UpdateNew ?? [], .. Delete ?? []];

    /// <summary>The records that are wanted from now on.</summary>
    [JsonIgnore]
    public IEnumerable<ClientRecord> New => [.. Create ?? [], .. UpdateNew ?? []];

    /// <summary>
    /// The records after the changes. Deleting what is not there, updating what is missing and creating what is there
    /// all lead to what was wanted, so that the same changes again change nothing.
    /// </summary>
    public ImmutableArray<ClientRecord> Apply(ImmutableArray<ClientRecord> before)
    {
        var records = before.ToDictionary(r => r.Key);
        foreach (var gone in (Delete ?? []).Concat(UpdateOld ?? []))
            records.Remove(gone.Key);
        foreach (var now in New)
            records[now.Key] = now;
        return
        [
            .. records.OrderBy(r => r.Key.Name, StringComparer.Ordinal)
                .ThenBy(r => r.Key.Type, StringComparer.Ordinal).ThenBy(r => r.Key.Set, StringComparer.Ordinal)
                .Select(r => r.Value),
        ];
    }
}
