using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Model.Loads;
using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering;

/// <summary>All endpoints compiled, immutable. DNS, the gateway and <c>explain</c> read the same one.</summary>
public sealed class SteeringTable
{
    private readonly FrozenDictionary<string, int> _byHostname;
    private readonly FrozenDictionary<ProbeKey, ImmutableArray<int>> _byProbe;

    internal SteeringTable(
        ImmutableArray<EndpointPlan> endpoints,
        FrozenDictionary<string, int> byHostname,
        FrozenDictionary<ProbeKey, ImmutableArray<int>> byProbe,
        GeoDatabase geo)
    {
        Endpoints = endpoints;
        _byHostname = byHostname;
        _byProbe = byProbe;
        Geo = geo;
    }

    public static SteeringTable Empty { get; } =
        new([], FrozenDictionary<string, int>.Empty, FrozenDictionary<ProbeKey, ImmutableArray<int>>.Empty,
            GeoDatabase.None);

    public ImmutableArray<EndpointPlan> Endpoints { get; }

    public GeoDatabase Geo { get; }

    /// <summary>Every probe that some address in the table is judged by.</summary>
    public IEnumerable<ProbeKey> Probes => _byProbe.Keys;

    /// <summary>The addresses that a probe judges, with their pools and endpoints.</summary>
    public IEnumerable<(EndpointPlan Endpoint, PoolPlan Pool, AddressPlan Address)> JudgedBy(ProbeKey probe) =>
        from index in _byProbe.GetValueOrDefault(probe, [])
        let endpoint = Endpoints[index]
        from pool in endpoint.AllPools
        from address in pool.Addresses
        where address.Shape.Probe == probe
        select (endpoint, pool, address);

    /// <summary>The endpoint of a host name in canonical form, by itself or by a wildcard; null for none.</summary>
    public EndpointPlan? Find(string hostname) => TryFind(hostname, out var index) ? Endpoints[index] : null;

    /// <summary>Where the endpoint of a host name stands in <see cref="Endpoints"/>.</summary>
    public bool TryFind(string hostname, out int index)
    {
        if (_byHostname.TryGetValue(hostname, out index))
            return true;
        for (var dot = hostname.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = hostname.IndexOf('.', dot + 1))
        {
            if (_byHostname.TryGetValue("*" + hostname[dot..], out index))
                return true;
        }

        return false;
    }

    /// <summary>
    /// The table with the endpoints that the probes touch judged anew; the others are shared. The same table where no
    /// endpoint changes, as with all that follow.
    /// </summary>
    public SteeringTable WithVerdicts(IEnumerable<ProbeKey> changed, IVerdicts verdicts, DateTimeOffset now) =>
        With(changed.SelectMany(k => _byProbe.GetValueOrDefault(k, [])).Distinct(),
            plan => EndpointCompiler.Plan(plan.Shape, verdicts, now, plan));

    /// <summary>
    /// The table with the endpoints judged anew whose overrides, or whose evidence above the probes, have changed.
    /// </summary>
    public SteeringTable WithOverrides(IVerdicts verdicts, DateTimeOffset now) =>
        With(All.Where(i => HaveChanged(Endpoints[i], verdicts)),
            plan => EndpointCompiler.Plan(plan.Shape, verdicts, now, plan));

    /// <summary>The table with every endpoint judged anew.</summary>
    public SteeringTable WithAll(IVerdicts verdicts, DateTimeOffset now) =>
        With(All, plan => EndpointCompiler.Plan(plan.Shape, verdicts, now, plan));

    /// <summary>
    /// The table one tick of the weight law later; the same where no weight changes. What the law remembers
    /// (<see cref="PoolPlan.ByLoad"/>) moves in this table too.
    /// </summary>
    public SteeringTable WithLoads(ILoads loads, DateTimeOffset now) =>
        With(All, plan => EndpointCompiler.Weigh(plan, loads, now));

    /// <summary>The table with endpoints that have the same names and probes as its own, each in its place.</summary>
    internal SteeringTable With(ImmutableArray<EndpointPlan> endpoints, GeoDatabase geo) =>
        new(endpoints, _byHostname, _byProbe, geo);

    private IEnumerable<int> All => Enumerable.Range(0, Endpoints.Length);

    private SteeringTable With(IEnumerable<int> indices, Func<EndpointPlan, EndpointPlan> next)
    {
        ImmutableArray<EndpointPlan>.Builder? changed = null;
        foreach (var index in indices)
        {
            var plan = next(Endpoints[index]);
            if (ReferenceEquals(plan, Endpoints[index]))
                continue;
            changed ??= Endpoints.ToBuilder();
            changed[index] = plan;
        }

        return changed is null ? this : With(changed.MoveToImmutable(), Geo);
    }

    private static bool HaveChanged(EndpointPlan plan, IVerdicts verdicts) => plan.AllPools.Any(p =>
        p.Addresses.Any(a => verdicts.OverrideOf(p.Shape.Pool.Name, a.Shape.Value, a.Shape.Site) != a.Override
            || verdicts.EvidenceOf(a.Shape) != a.Evidence));
}
