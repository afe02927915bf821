using Meridian.Running.Control;
using Meridian.Steering.Plans;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>Tells of every pool that comes and goes.</summary>
internal sealed class PoolFeature(History history) : IFeature
{
    public string Name => "pools";

    public void Commit(NodeState before, NodeState now)
    {
        if (ReferenceEquals(before.Table, now.Table))
            return;
        var earlier = before.Table.Endpoints.ToDictionary(e => e.Endpoint.Name);
        foreach (var endpoint in now.Table.Endpoints)
        {
            if (earlier.TryGetValue(endpoint.Endpoint.Name, out var old) && !ReferenceEquals(old, endpoint))
                Compare(old, endpoint);
        }
    }

    private void Compare(EndpointPlan before, EndpointPlan now)
    {
        foreach (var pool in now.AllPools)
        {
            var was = before.AllPools.FirstOrDefault(p => p.Shape.Pool.Name == pool.Shape.Pool.Name)?.State;
            if (was is { } state && state != pool.State && state != PoolState.Unknown)
                history.Record(pool.State == PoolState.Up ? LogLevel.Information : LogLevel.Warning, "pool",
                    $"{now.Endpoint.Name}/{pool.Shape.Pool.Name}", PoolText.Of(now, pool, state));
        }
    }
}
