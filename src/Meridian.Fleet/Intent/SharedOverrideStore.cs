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

    private readonly Lock _lock = new();
    private ImmutableArray<Override> _copied = copy.Read();

    public ImmutableArray<Override> Read() => shared.Current.Revision > 0 ? In(shared.Current) : _copied;

    public async Task<string?> SaveAsync(Override value)
    {
        var text = JsonSerializer.Serialize(SharedOverride.Of(value), FleetJson.Default.SharedOverride);
        return await CommitAsync(new SharedWrite(FleetKeys.Override(value.Target), text));
    }

    public Task<string?> DeleteAsync(OverrideTarget target) =>
        CommitAsync(new SharedWrite(FleetKeys.Override(target), null));

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

    /// <summary>Brings the copy to what the shared store holds. Nobody waits for it.</summary>
    public void Copy()
    {
        lock (_lock)
        {
            var now = In(shared.Current);
            foreach (var gone in _copied.Where(k => now.All(n => n.Target != k.Target)))
                _ = copy.DeleteAsync(gone.Target);
            foreach (var one in now.Where(n => !_copied.Contains(n)))
                _ = copy.SaveAsync(one);
            _copied = now;
        }
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
