using System.Reflection;
using Meridian.Api.Contracts;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Management;

/// <summary>Makes a status report of a node's current snapshots.</summary>
internal sealed class StatusReader(StatusSources sources)
{
    public static readonly string Version =
        typeof(StatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0";

    public StatusReport Read(DateTimeOffset now)
    {
        var (table, health, notReady) = (sources.Table(), sources.Health, sources.NotReady());
        return new StatusReport
        {
            Node = sources.Node,
            Version = Version,
            StartedAt = sources.StartedAt,
            Now = now,
            Ready = notReady is null,
            NotReady = notReady,
            Warnings = sources.Warnings(),
            Configuration = sources.Configuration(),
            Health = new HealthStatus(health.TargetCount, health.Probes.Completed, health.Probes.Failed,
                health.FirstRoundDone, health.IsStalled),
            Geography = table.Geo.Descriptions,
            StateFault = sources.StateFault(),
            Endpoints = [.. table.Endpoints.Select(e => EndpointOf(e, now))],
            Overrides = [.. sources.Overrides().Overrides.Select(OverrideDocument.Of)],
        };
    }

    private EndpointStatus EndpointOf(EndpointPlan plan, DateTimeOffset now) => new()
    {
        Name = plan.Endpoint.Name,
        Hostname = plan.Shape.Hostname,
        Enabled = plan.Endpoint.Enabled,
        Policy = plan.Endpoint.Policy.ToString(),
        Serving = plan.AnyServes,
        Judged = plan.IsJudged,
        Ttl = (int)plan.Ttl(now).TotalSeconds,
        TtlReason = plan.TtlReason(now),
        Pools = [.. plan.AllPools.Select(p => PoolOf(plan, p, now))],
    };

    private PoolStatus PoolOf(EndpointPlan plan, PoolPlan pool, DateTimeOffset now) => new()
    {
        Name = pool.Shape.Pool.Name,
        Site = pool.Shape.Site?.Name,
        State = pool.State.ToString(),
        Since = pool.Since,
        Up = pool.UpCount,
        MinHealthy = pool.Shape.MinHealthy,
        Share = Math.Round(pool.Share(now, plan.Endpoint.Recovery.Ramp), 2),
        Weight = WeightOf(plan, pool),
        Addresses = [.. pool.Addresses.Select(a => AddressOf(pool, a, now))],
    };

    private static WeightStatus? WeightOf(EndpointPlan plan, PoolPlan pool) => pool.ByLoad is { } weight
        ? new WeightStatus
        {
            Weight = weight.Published,
            Utilisation = weight.Utilisation is { } used ? Math.Round(used, 3) : null,
            Trim = Math.Round(weight.Trim, 3),
            Reason = LoadText.Of(weight.Reason),
        }
        : plan.Endpoint.Traits.UsesWeights
        ? new WeightStatus { Weight = pool.Weight, Trim = 1, Reason = "of the resource" }
        : null;

    private LoadStatus? LoadOf(PoolPlan pool, AddressPlan address, DateTimeOffset now)
    {
        var key = pool.KeyOf(address);
        var (figure, fault) = (sources.Loads.Of(key), sources.LoadFaultOf(key));
        if (figure is null && fault is null)
            return null;
        var capacity = pool.CapacityOf(address, sources.Loads);
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

    private AddressStatus AddressOf(PoolPlan pool, AddressPlan address, DateTimeOffset now)
    {
        // The plan is as old as the last change of a verdict; the reason and the probes change with every probe.
        var record = address.Shape.Probe is { } key ? sources.Health.Find(key) : null;
        var verdict = address.Evidence
            ?? (address.Shape.Probe is { } probe ? sources.VerdictOf(probe) : null) ?? address.Verdict;
        return new AddressStatus
        {
            Value = address.Shape.Value,
            Site = address.Shape.Site,
            State = address.State.ToString(),
            Verdict = verdict.State.ToString(),
            Reason = verdict.Reason,
            Since = verdict.Since,
            Suspected = verdict.Suspected,
            Remembered = verdict.Remembered,
            Votes = address.Shape.Probe is { } judged ? sources.VotesOn(judged) : [],
            Origin = address.Shape.Source.Origin,
            InFlight = sources.InFlight(pool.Shape.Pool.Name, address.Shape.Value),
            Load = LoadOf(pool, address, now),
            Override = address.Override is { } placed ? OverrideDocument.Of(placed) : null,
            Probes = record is null
                ? []
                : [.. record.Recent.Select(p =>
                    new ProbeStatus(p.At, p.Ok, p.Reason, Math.Round(p.Latency.TotalMilliseconds, 1)))],
        };
    }
}
