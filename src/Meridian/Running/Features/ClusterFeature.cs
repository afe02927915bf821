using Meridian.Health;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Operator.Discovering;
using Meridian.Running.Control;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// What clusters say. Readiness is evidence and acts at once; what leads to other addresses is a change; weights that
/// follow readiness may wait for the next second.
/// </summary>
internal sealed class ClusterFeature(NodeKubernetes clusters, ControlLoop loop, HealthEngine health, History history)
    : IFeature
{
    private Discovery _discovery = clusters.Remembered;
    private ResourceSet? _watched;
    private bool _weightsOutdated;

    public string Name => "clusters";

    /// <summary>What clusters say now, whether or not it is compiled yet.</summary>
    public Discovery Discovery => Volatile.Read(ref _discovery);

    /// <summary>Clusters say something else than before.</summary>
    public void Receive(Discovery discovery) => loop.Post(Name, () => Apply(discovery));

    public void Tick(DateTimeOffset now)
    {
        if (_discovery.Clusters.IsEmpty)
            return;
        JudgeReadiness(now); // what a cluster said last lapses once it is silent for long
        if (!_weightsOutdated)
            return;
        _weightsOutdated = false;
        if (FollowsReadiness(loop.State.Inputs.Configuration.Resources) || Expansion.Contributions(_discovery).Any())
            Submit(_discovery);
    }

    public void Commit(NodeState before, NodeState now)
    {
        var resources = now.Inputs.Configuration.Resources;
        if (!ReferenceEquals(_watched, resources))
            clusters.Hub.Update(_watched = resources);
    }

    private void Apply(Discovery discovery)
    {
        var before = _discovery;
        Volatile.Write(ref _discovery, discovery);
        JudgeReadiness(loop.Now);
        foreach (var cluster in discovery.Clusters.Values)
        {
            if (cluster.IsReachable is { } reached
                && reached != before.Clusters.GetValueOrDefault(cluster.Name)?.IsReachable)
            {
                history.Record(reached ? LogLevel.Information : LogLevel.Warning, "cluster", cluster.Name, reached
                    ? $"cluster {cluster.Name} answers"
                    : $"cluster {cluster.Name} does not answer: {cluster.Fault}; that says nothing of what runs in "
                    + "it, and the probes decide", cluster.Site);
            }
        }

        foreach (var (one, site) in discovery.Clusters.Values
            .SelectMany(c => c.Objects.Values.Select(o => (o, c.Site))))
        {
            if (!one.Faults.IsEmpty && before.Find(one.Reference)?.Faults.SequenceEqual(one.Faults) != true)
                history.Record(LogLevel.Warning, "contribution", one.Reference.ToString(),
                    $"{one.Reference}: its annotations are not used, and those before are: "
                    + string.Join("; ", one.Faults), site);
        }

        if (discovery.IsSamePlacesAs(before))
        {
            _weightsOutdated = true;
            return;
        }

        Submit(discovery);
        clusters.Save(discovery);
    }

    private void Submit(Discovery discovery) =>
        _ = loop.SubmitAsync(new Change(Name, inputs => inputs with { Discovery = discovery }));

    // Applies readiness as evidence, and has what is ready again confirmed by a probe.
    private void JudgeReadiness(DateTimeOffset now)
    {
        var before = loop.State.Readiness;
        var readiness = before.With(_discovery, now);
        if (ReferenceEquals(readiness, before))
            return;
        loop.Update(state => state with { Readiness = readiness }, evidence: true);
        var returned = readiness.Returned.Except(before.Returned).ToHashSet();
        if (returned.Count == 0)
            return;
        var probes = from endpoint in loop.State.Table.Endpoints
                     from pool in endpoint.AllPools
                     from address in pool.Addresses
                     where address.Shape.Source.From?.Reference is { } reference && returned.Contains(reference)
                     where address.Shape.Probe is not null
                     select address.Shape.Probe!.Value;
        foreach (var probe in probes.Distinct())
            health.Suspect(probe);
    }

    private static bool FollowsReadiness(ResourceSet resources) =>
        resources.Pools.Values.Any(p => p.Addresses.Any(a => a.WeightFrom == WeightFrom.Ready))
        || resources.Endpoints.Any(e => e.Pools.Any(p => p.WeightFrom == WeightFrom.Ready));
}
