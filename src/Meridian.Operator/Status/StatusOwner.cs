using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;
using Meridian.Model.Values;

namespace Meridian.Operator.Status;

/// <summary>
/// Says which installation writes the status of an object. Every status names the Lease of the nodes that wrote it, and
/// another installation that reads the same object leaves that status alone while the Lease is renewed: two that both
/// wrote theirs would write over each other for ever.
/// </summary>
/// <param name="client">The cluster that holds the objects, and so the Leases of all who write their status.</param>
/// <param name="lease">The Lease of this installation.</param>
/// <param name="time">The clock.</param>
internal sealed class StatusOwner(ClusterClient client, ObjectKey lease, TimeProvider time)
{
    /// <summary>
    /// How long a Lease is not renewed before its installation counts as gone: longer than an upgrade of all its nodes.
    /// </summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(5);

    /// <summary>How long what a Lease said is used again, so that many objects cost one question.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Sighting> _seen = [];

    /// <summary>This installation, as it stands in a status.</summary>
    public string Name { get; } = lease.ToString();

    /// <summary>The other installation that a status belongs to; null where this one may write it.</summary>
    public async Task<string?> FindOtherAsync(JsonNode? status, CancellationToken cancellationToken) =>
        status?["installation"] is JsonValue value && value.TryGetValue(out string? other) && other != Name
            && await IsActiveAsync(other, cancellationToken) ? other : null;

    /// <summary>Whether the nodes of an installation are there, by its Lease.</summary>
    public async Task<bool> IsActiveAsync(string other, CancellationToken cancellationToken)
    {
        if (other.Split('/') is not [var ns, var name] || !ResourceName.IsValid(ns) || !ResourceName.IsValid(name))
            return false;
        if (_seen.TryGetValue(other, out var before) && time.GetElapsedTime(before.AskedAt) < Fresh)
            return IsActive(before);
        string? record;
        try
        {
            var found = await client.FindAsync(ApiResources.Leases, new ObjectKey(ns, name), cancellationToken);
            record = found is null ? null : found["spec"]?.ToJsonString() ?? "";
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            // Whoever may not see the Lease cannot know that its nodes are gone.
            return true;
        }

        // The clocks of the two may differ by hours, so that only the changes of the Lease count.
        var now = time.GetTimestamp();
        var seen = before is not null && before.Record == record
            ? before with { AskedAt = now } : new Sighting(record, now, now);
        _seen[other] = seen;
        return IsActive(seen);
    }

    private bool IsActive(Sighting seen) =>
        seen.Record is not null && time.GetElapsedTime(seen.ChangedAt) < Silence;

    /// <param name="Record">What the Lease said; null where there is none.</param>
    /// <param name="ChangedAt">When it was first seen to say so.</param>
    /// <param name="AskedAt">When it was last seen to say so.</param>
    private sealed record Sighting(string? Record, long ChangedAt, long AskedAt);
}
