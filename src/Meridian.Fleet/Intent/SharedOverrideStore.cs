using System.Collections.Immutable;
using System.Text.Json;
using Meridian.Model.Verdicts;
using Meridian.State;
using Meridian.State.Shared;

namespace Meridian.Fleet.Intent;

/// <summary>
/// The overrides of all nodes. One that is set is in the shared store, on a majority of its members, before it counts;
/// each node keeps a copy on its own disk, which serves while the shared store is away.
/// </summary>
/// <param name="shared">The shared store.</param>
/// <param name="copy">This node's own.</param>
public sealed class SharedOverrideStore(ISharedStore shared, IOverrideStore copy) : IOverrideStore
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    public ImmutableArray<Override> Read() => shared.Current.Revision > 0 ? In(shared.Current) : copy.Read();

    public async Task<string?> SaveAsync(Override value)
    {
        var text = JsonSerializer.Serialize(SharedOverride.Of(value), FleetJson.Default.SharedOverride);
        var refused = await CommitAsync(new SharedWrite(FleetKeys.Override(value.Target), text));
        if (refused is null)
            _ = copy.SaveAsync(value); // it stands whether or not this disk has it too
        return refused;
    }

    public async Task<string?> DeleteAsync(OverrideTarget target)
    {
        var refused = await CommitAsync(new SharedWrite(FleetKeys.Override(target), null));
        if (refused is null)
            _ = copy.DeleteAsync(target);
        return refused;
    }

    /// <summary>
    /// Deletes those that have expired, where they still stand as they were read: another may have taken the place.
    /// </summary>
    public void DeleteExpired(DateTimeOffset now)
    {
        copy.DeleteExpired(now);
        foreach (var entry in Entries(shared.Current).Where(e => Parse(e) is { } one && !one.IsActive(now)))
        {
            _ = shared.CommitAsync(new SharedTransaction([new SharedWrite(entry.Key, null)])
            {
                Conditions = [new SharedCondition(entry.Key, entry.Modified)],
            }, Limit);
        }
    }

    /// <summary>The overrides of a snapshot, the oldest first; what cannot be read is left out.</summary>
    public static ImmutableArray<Override> In(SharedSnapshot snapshot) =>
        [.. Entries(snapshot).OrderBy(e => e.Modified).Select(Parse).OfType<Override>()];

    /// <summary>Brings the copy to what the shared store holds.</summary>
    public async Task CopyAsync()
    {
        var (now, kept) = (In(shared.Current), copy.Read());
        foreach (var gone in kept.Where(k => now.All(n => n.Target != k.Target)))
            await copy.DeleteAsync(gone.Target);
        foreach (var one in now.Where(n => !kept.Contains(n)))
            await copy.SaveAsync(one);
    }

    private static IEnumerable<SharedEntry> Entries(SharedSnapshot snapshot) =>
        snapshot.Entries.Values.Where(e => e.Key.StartsWith(FleetKeys.Overrides, StringComparison.Ordinal));

    private static Override? Parse(SharedEntry entry) =>
        OverrideTarget.TryParse(entry.Key[FleetKeys.Overrides.Length..], out var target, out _)
            && FleetJson.Read(entry.Value, FleetJson.Default.SharedOverride) is { } one && one.IsWhole
                ? one.On(target) : null;

    private async Task<string?> CommitAsync(SharedWrite write) =>
        await shared.CommitAsync(new SharedTransaction([write]), Limit) switch
        {
            SharedOutcome.Committed => null,
            SharedOutcome.Unavailable away => $"the shared store did not take it: {away.Reason}",
            _ => "the shared store did not take it",
        };
}
