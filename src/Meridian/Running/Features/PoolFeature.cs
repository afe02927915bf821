using Meridian.Model.History;
using Meridian.Running.Control;
using Meridian.Steering;
using Meridian.Steering.Plans;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// Records every pool that starts or stops serving, and one of which nothing is known any more. At the start it records
/// only pools that are not up; after a reload it records new pools as well.
/// </summary>
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
            var old = earlier.GetValueOrDefault(endpoint.Endpoint.Name);
            if (!ReferenceEquals(old, endpoint))
                Compare(old, endpoint, isStart: ReferenceEquals(before.Table, SteeringTable.Empty));
        }
    }

    private void Compare(EndpointPlan? before, EndpointPlan now, bool isStart)
    {
        foreach (var pool in now.AllPools)
        {
            var old = before?.AllPools.FirstOrDefault(p => p.Shape.Pool.Name == pool.Shape.Pool.Name);
            var was = old?.State ?? PoolState.Unknown;
            if (was == pool.State || (isStart && pool.State == PoolState.Up))
                continue;
            var address = PoolText.CauseOf(pool, old);
            var level = pool.State is PoolState.Up or PoolState.Unknown ? LogLevel.Information : LogLevel.Warning;
            history.Record(level, new HistoryEvent(default, "pool", $"{now.Endpoint.Name}/{pool.Shape.Pool.Name}",
                PoolText.Of(now, pool, was, address))
            {
                Address = address?.Shape.Value,
                From = was.ToString(),
                To = pool.State.ToString(),
                Cause = address is null ? null : PoolText.CauseOf(address),
            }.About([now.Endpoint.Name], [pool.Shape.Pool.Name],
                pool.Addresses.Select(a => a.Shape.Site).DefaultIfEmpty(pool.Shape.Site?.Name)));
        }
    }
}
