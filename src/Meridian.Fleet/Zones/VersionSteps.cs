using System.Collections.Immutable;
using System.Text.Json;
using Meridian.State.Shared;

namespace Meridian.Fleet.Zones;

/// <summary>
/// What a node writes of the versions of zones. One node publishes a zone: the one that holds its key, which goes with
/// the node's session. It writes a version on the condition that it still holds the key and that the version is the one
/// that it has read, so that a node which was held up for long writes nothing. Pure.
/// </summary>
public static class VersionSteps
{
    /// <summary>The published version of a zone; null for none that can be read.</summary>
    public static SharedVersion? Read(SharedSnapshot snapshot, string origin) =>
        snapshot.Entries.GetValueOrDefault(FleetKeys.Version(origin)) is { } entry
            && FleetJson.Read(entry.Value, FleetJson.Default.SharedVersion) is { Digest: not null } version
            ? version : null;

    /// <summary>Whether a holder publishes a zone.</summary>
    public static bool IsPublisher(SharedSnapshot snapshot, string origin, string holder) =>
        snapshot.Entries.GetValueOrDefault(FleetKeys.Publisher(origin))?.Value == Text(holder);

    /// <summary>What is to be written now, in any order.</summary>
    /// <param name="snapshot">The store.</param>
    /// <param name="holder">Tells this process from all others.</param>
    /// <param name="zones">What it would publish.</param>
    public static ImmutableArray<SharedTransaction> Of(SharedSnapshot snapshot, string holder,
        IEnumerable<NextVersion> zones) =>
        [.. zones.SelectMany(z => Of(snapshot, holder, z))];

    private static IEnumerable<SharedTransaction> Of(SharedSnapshot snapshot, string holder, NextVersion zone)
    {
        var publisher = snapshot.Entries.GetValueOrDefault(FleetKeys.Publisher(zone.Origin));
        if (publisher is null)
        {
            yield return new SharedTransaction([
                new SharedWrite(FleetKeys.Publisher(zone.Origin), Text(holder), Leased: true)])
            {
                Conditions = [new SharedCondition(FleetKeys.Publisher(zone.Origin), 0)],
            };
        }

        // What was written is not written again before the node has taken it in.
        var isOwn = publisher?.Value == Text(holder);
        if (zone.Version is null || zone.Version == Read(snapshot, zone.Origin) || (!zone.IsRaise && !isOwn))
            yield break;
        var key = FleetKeys.Version(zone.Origin);
        var seen = new SharedCondition(key, snapshot.Entries.GetValueOrDefault(key)?.Modified ?? 0);
        yield return new SharedTransaction([
            new SharedWrite(key, JsonSerializer.Serialize(zone.Version, FleetJson.Default.SharedVersion))])
        {
            Conditions = zone.IsRaise ? [seen]
                : [seen, new SharedCondition(FleetKeys.Publisher(zone.Origin), publisher!.Modified)],
        };
    }

    private static string Text(string holder) => JsonSerializer.Serialize(holder, FleetJson.Default.String);
}
