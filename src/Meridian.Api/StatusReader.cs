using System.Reflection;
using Meridian.Api.Contracts;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Api;

/// <summary>Makes a status report of a node's current snapshots.</summary>
internal static class StatusReader
{
    private static readonly string Version =
        typeof(StatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0";

    public static StatusReport Read(INode node, DateTimeOffset now) => new()
    {
        Node = node.Name,
        Version = Version,
        StartedAt = node.StartedAt,
        Now = now,
        Ready = node.NotReady is null,
        NotReady = node.NotReady,
        Configuration = new ConfigurationStatus(node.ConfiguredAt,
            [.. node.ConfigurationFaults.Select(f => f.ToString())]),
        Health = new HealthStatus(node.Health.TargetCount, node.Health.Probes.Completed, node.Health.Probes.Failed,
            node.Health.FirstRoundDone, node.Health.IsStalled),
        Geography = node.Table.Geo.Descriptions,
        StateFault = node.StateFault,
        Endpoints = [.. node.Table.Endpoints.Select(e => EndpointOf(node, e, now))],
        Overrides = [.. node.Overrides.Overrides.Select(OverrideDocument.Of)],
    };

    private static EndpointStatus EndpointOf(INode node, EndpointPlan plan, DateTimeOffset now) => new()
    {
        Name = plan.Endpoint.Name,
        Hostname = plan.Shape.Hostname,
        Enabled = plan.Endpoint.Enabled,
        Policy = plan.Endpoint.Policy.ToString(),
        Serving = plan.AnyServes,
        Ttl = (int)plan.Ttl(now).TotalSeconds,
        TtlReason = plan.TtlReason(now),
        Pools = [.. plan.AllPools.Select(p => PoolOf(node, plan, p, now))],
    };

    private static PoolStatus PoolOf(INode node, EndpointPlan plan, PoolPlan pool, DateTimeOffset now) => new()
    {
        Name = pool.Shape.Pool.Name,
        Site = pool.Shape.Site?.Name,
        State = pool.State.ToString(),
        Since = pool.Since,
        Up = pool.UpCount,
        MinHealthy = pool.Shape.MinHealthy,
        Share = Math.Round(pool.Share(now, plan.Endpoint.Recovery.Ramp), 2),
        Weight = pool.ByLoad is not { } weight ? null : new WeightStatus
        {
            Weight = weight.Published,
            Utilisation = weight.Utilisation is { } used ? Math.Round(used, 3) : null,
            Trim = Math.Round(weight.Trim, 3),
            Reason = LoadText.Of(weight.Reason),
        },
        Addresses = [.. pool.Addresses.Select(a => AddressOf(node, pool, a, now))],
    };

    private static LoadStatus? LoadOf(INode node, PoolPlan pool, AddressPlan address, DateTimeOffset now)
    {
        var key = pool.KeyOf(address);
        var (figure, fault) = (node.Loads.Of(key), node.LoadFaultOf(key));
        if (figure is null && fault is null)
            return null;
        var capacity = pool.CapacityOf(address, node.Loads);
        return new LoadStatus
        {
            Utilisation = figure?.Utilisation(pool.Shape.Signal, capacity) is { } used ? Math.Round(used, 3) : null,
            Running = figure?.Running,
            Waiting = figure?.Waiting,
            Memory = figure?.Memory,
            Capacity = capacity,
            Source = figure?.Source.ToString(),
            At = figure?.At,
            Summary = figure is null ? null : LoadText.Of(figure, pool.Shape.Signal, capacity, now),
            Fault = fault,
        };
    }

    private static AddressStatus AddressOf(INode node, PoolPlan pool, AddressPlan address, DateTimeOffset now)
    {
        // The plan is compiled when a verdict changes; the reason and the probes move on with every probe.
        var record = address.Shape.Probe is { } key ? node.Health.Find(key) : null;
        var verdict = address.Evidence ?? record?.Verdict ?? address.Verdict;
        return new AddressStatus
        {
            Value = address.Shape.Value,
            State = address.State.ToString(),
            Verdict = verdict.State.ToString(),
            Reason = verdict.Reason,
            Since = verdict.Since,
            Suspected = verdict.Suspected,
            Remembered = verdict.Remembered,
            Origin = address.Shape.Source.Origin,
            InFlight = node.InFlight(pool.Shape.Pool.Name, address.Shape.Value),
            Load = LoadOf(node, pool, address, now),
            Override = address.Override is { } word ? OverrideDocument.Of(word) : null,
            Probes = record is null
                ? []
                : [.. record.Recent.Select(p =>
                    new ProbeStatus(p.At, p.Ok, p.Reason, Math.Round(p.Latency.TotalMilliseconds, 1)))],
        };
    }
}
