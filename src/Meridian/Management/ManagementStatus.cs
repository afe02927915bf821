using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Model.Binding;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Management;

/// <summary>What the node serves now, read from its snapshots.</summary>
internal sealed class ManagementStatus(StatusSources sources, TimeProvider time) : IStatus
{
    private readonly StatusReader _reader = new(sources);

    public string? NotReady => sources.NotReady();

    public ImmutableArray<string> Warnings => sources.Warnings();

    public ImmutableArray<ResourceSummary> Resources =>
    [
        .. sources.Resources().All.Select(r => new ResourceSummary(
            Kinds.Of(r).Name, r.Name, r.Location.ToString())),
    ];

    public ImmutableArray<string> Zones => [.. sources.Resources().Zones.Select(z => z.Origin)];

    public IEnumerable<string> Hostnames => sources.Table().Endpoints.Select(e => e.Shape.Hostname);

    public StatusReport Report() => _reader.Read(time.GetUtcNow());

    public Explanation? Explain(string hostname, IPAddress client, int prefixLength, AddressFamily family)
    {
        var table = sources.Table();
        var explanation = Explainer.Explain(table, hostname, client, prefixLength,
            family == AddressFamily.InterNetworkV6 ? AddressKind.V6 : AddressKind.V4,
            (ulong)Random.Shared.NextInt64(), time.GetUtcNow(), sources.Loads);
        return explanation is null || table.Find(hostname) is not { } plan ? explanation
            : explanation with
            {
                Pools = [.. explanation.Pools.Select(p => WithVotes(p, plan))],
                Behind = [.. explanation.Behind.Select(p => WithVotes(p, plan))],
            };
    }

    private PoolExplanation WithVotes(PoolExplanation pool, EndpointPlan plan)
    {
        var probes = plan.AllPools.Where(p => p.Shape.Pool.Name == pool.Name).SelectMany(p => p.Addresses)
            .DistinctBy(a => a.Shape.Value).ToDictionary(a => a.Shape.Value, a => a.Shape.Probe);
        return pool with
        {
            Addresses =
            [
                .. from address in pool.Addresses
                   select probes.GetValueOrDefault(address.Value) is { } probe
                       ? address with { Votes = sources.VotesOn(probe) } : address,
            ],
        };
    }
}
