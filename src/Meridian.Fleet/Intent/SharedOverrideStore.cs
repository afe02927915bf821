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
    private ImmutableArray<Override> _local = [];

    /// <summary>Those that hold at this node alone: they were set while the shared store was away.</summary>
    public ImmutableArray<Override> Local
    {
        get
        {
            lock (_lock)
                return _local;
        }
    }

    public ImmutableArray<Override> Read() => shared.Current.Revision > 0 ? In(shared.Current) : _copied;

    public async Task<string?> SaveAsync(Override value)
    {
        if (value.IsLocal)
            return await copy.SaveAsync(value) ?? SetLocal(value.Target, value);
        var text = JsonSerializer.Serialize(SharedOverride.Of(value), FleetJson.Default.SharedOverride);
        return await CommitAsync(new SharedWrite(FleetKeys.Override(value.Target), text));
    }

    public async Task<string?> DeleteAsync(OverrideTarget target) => Local.Any(o => o.Target == target)
        ? await copy.DeleteAsync(target) ?? SetLocal(target, null)
        : await CommitAsync(new SharedWrite(FleetKeys.Override(target), null));

    /// <summary>
    /// What holds at this node: the overrides of a snapshot, and this node's own in place of those on the same targets.
    /// </summary>
    public ImmutableArray<Override> At(SharedSnapshot snapshot)
    {
        var local = Local;
        return [.. In(snapshot).Where(o => local.All(l => l.Target != o.Target)), .. local];
    }

    /// <summary>
    /// Deletes those that have expired, where they still stand as they were read: another may have taken the place.
    /// </summary>
    public void DeleteExpired(DateTimeOffset now)
    {
        copy.DeleteExpired(now);
        lock (_lock)
            _local = _local.RemoveAll(o => !o.IsActive(now));
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
            var now = At(shared.Current);
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

    private string? SetLocal(OverrideTarget target, Override? value)
    {
        lock (_lock)
        {
            _local = [.. _local.Where(o => o.Target != target), .. value is null ? Array.Empty<Override>() : [value]];
            _copied = [.. _copied.Where(o => o.Target != target), .. value is null ? Array.Empty<Override>() : [value]];
        }

        return null;
    }

    private async Task<string?> CommitAsync(SharedWrite write) =>
        await shared.CommitAsync(new SharedTransaction([write]), Limit) switch
        {
            SharedOutcome.Committed => null,
            SharedOutcome.Unavailable away => $"the shared store did not take it: {away.Reason}",
            _ => "the shared store did not take it",
        };
}
