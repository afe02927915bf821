using System.Collections.Immutable;
using Meridian.Model;
using Meridian.Model.Joining;
using Meridian.Model.Records;
using Meridian.NameServer;
using Meridian.Operator.Discovering;
using Meridian.Steering;
using Meridian.Steering.Plans;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>The control loop's part with clusters and with clients' records.</summary>
internal sealed partial class Node
{
    // Readiness acts at once; what leads to other addresses makes a new configuration; weights may wait for the tick.
    private void TakeDiscovery(Discovery discovery)
    {
        var before = _discovery;
        _discovery = discovery;
        Judge();
        foreach (var cluster in discovery.Clusters.Values)
        {
            var old = before.Clusters.GetValueOrDefault(cluster.Name);
            if (cluster.IsHeard is { } heard && heard != old?.IsHeard)
                Happen(heard ? LogLevel.Information : LogLevel.Warning, "cluster", cluster.Name, heard
                    ? $"cluster {cluster.Name} is heard"
                    : $"cluster {cluster.Name} is not heard: {cluster.Fault}; that says nothing of what runs in it, and the probes decide");
        }

        if (!discovery.IsSamePlacesAs(before))
        {
            Install(_served);
            _kubernetes.Save(discovery);
        }
        else
        {
            _weightsOutdated = true;
        }
    }

    // Takes the readiness that clusters tell as evidence, and has what is ready again confirmed.
    private void Judge()
    {
        var now = _time.GetUtcNow();
        var returned = _readiness.Returned.ToHashSet();
        var readiness = _readiness.With(_discovery, now);
        if (ReferenceEquals(readiness, _readiness))
            return;
        _readiness = readiness;
        var again = _readiness.Returned.Where(r => !returned.Contains(r)).ToHashSet();
        if (again.Count > 0)
        {
            foreach (var probe in _handle.Current.Endpoints.SelectMany(e => e.AllPools).SelectMany(p => p.Addresses)
                .Where(a => a.Shape.Source.From?.Reference is { } reference && again.Contains(reference))
                .Select(a => a.Shape.Probe).Distinct())
            {
                if (probe is { } key)
                    Health.Suspect(key);
            }
        }

        Swap(_handle.Current.WithOverrides(Verdicts, now));
    }

    private Joined Compose(ResourceSet resources, IReadOnlyCollection<RecordOwner> owners)
    {
        var joined = Expansion.Of(RecordComposer.WithRecords(resources, owners), _discovery,
            _records.Contributions(owners));
        return joined with { Resources = GatewayFronts.Of(joined.Resources) };
    }

    // All of a client's changes at once: between an alias and an address there is no moment without either.
    private (string? Refusal, Task<string?> Stored) TakeRecords(Signal.Records change)
    {
        var now = _time.GetUtcNow();
        var names = change.Changes.All.Select(r => r.Key.Name).ToHashSet();
        var resources = Compose(_served.Resources, _records.With(change.Caller, change.Changes, now)).Resources;
        var touched = new ResourceSet([.. resources.All
            .Where(r => r is not Model.Resources.Zone zone
                || names.Any(n => Model.Values.HostName.IsAtOrBelow(n, zone.Origin.TrimEnd('.').ToLowerInvariant())))]);
        if (ZoneCompiler.Check(touched, _zoneData.Inputs).FirstOrDefault() is { } fault)
            return (fault.Message, Task.FromResult<string?>(null));
        var stored = _records.Take(change.Caller, change.Changes, now);
        Install(_served);
        Happen(LogLevel.Information, "records", change.Caller.Id,
            $"{change.Caller.Id} changed records of {string.Join(", ", names.Order(StringComparer.Ordinal).Take(5))}{(names.Count > 5 ? $" and {names.Count - 5} more names" : "")}");
        return (null, stored);
    }

    private void LookAtRecords()
    {
        var (said, changed) = _records.Look(_time.GetUtcNow(),
            pool => _handle.Current.Endpoints.SelectMany(e => e.AllPools)
            .Any(p => p.Shape.Pool.Name == pool && p.Shape.Check is not null
                && p.State is PoolState.Down or PoolState.Guarded));
        foreach (var (owner, message) in said)
            Happen(LogLevel.Warning, "records", owner, message);
        if (changed)
            Install(_served);
    }

    private void LookAtClusters()
    {
        if (_discovery.Clusters.IsEmpty)
            return;
        Judge(); // the word of a cluster that is not heard lapses
        if (!_weightsOutdated)
            return;
        _weightsOutdated = false;
        if (UsesReadyWeights(_served.Resources) || Expansion.Contributions(_discovery).Any())
            Install(_served);

        static bool UsesReadyWeights(ResourceSet resources) =>
            resources.Pools.Values.Any(p => p.Addresses.Any(a => a.WeightFrom == Model.Resources.WeightFrom.Ready))
            || resources.Endpoints.Any(e => e.Pools.Any(p => p.WeightFrom == Model.Resources.WeightFrom.Ready));
    }
}
