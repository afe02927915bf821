using System.Collections.Frozen;
using Meridian.Dns.Wire;
using Meridian.Model.Resources;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.NameServer;

/// <summary>Makes the steered names of one configuration, bound to its table by the place of their endpoints.</summary>
internal sealed class SteeredNames
{
    private readonly SteeringTable _table;
    private readonly SteeringHandle _handle;
    private readonly Dictionary<DnsName, int> _indexes = [];

    public SteeredNames(SteeringTable table, SteeringHandle handle)
    {
        _table = table;
        _handle = handle;
        for (var i = 0; i < table.Endpoints.Length; i++)
        {
            var endpoint = table.Endpoints[i].Endpoint;
            if (endpoint.Enabled && DnsNames.ParseHost(endpoint.Hostname) is { } name)
                _indexes.TryAdd(name, i);
        }
    }

    /// <summary>The steered name of an endpoint; one that the table does not hold can be checked, not asked.</summary>
    public SteeredName Of(DnsName name, GlobalEndpoint endpoint) =>
        Bind(_indexes.GetValueOrDefault(name, -1), endpoint.Https is null ? null : new ServiceBinding(endpoint.Https));

    /// <summary>
    /// A steered name of an earlier configuration, with the types that it had; null where the name is not steered now.
    /// </summary>
    public SteeredName? Rebind(DnsName name, SteeredName before) =>
        _indexes.TryGetValue(name, out var index) ? Bind(index, before.Binding) : null;

    private SteeredName Bind(int index, ServiceBinding? binding) =>
        new(_handle, index, Aliases(_table.Endpoints.ElementAtOrDefault(index)), binding);

    private static FrozenDictionary<string, DnsName> Aliases(EndpointPlan? plan) => plan is null
        ? FrozenDictionary<string, DnsName>.Empty
        : plan.Shape.Pools.SelectMany(p => p.Addresses).Concat(plan.Shape.Fallback)
            .Where(a => a.Ip is null)
            .DistinctBy(a => a.Value)
            .ToFrozenDictionary(a => a.Value, a => DnsName.Parse(a.Value));
}
