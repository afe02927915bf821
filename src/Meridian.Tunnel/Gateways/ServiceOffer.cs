using System.Collections.Immutable;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>The services that an agent offers, and those of them that it may publish.</summary>
internal sealed class ServiceOffer(ImmutableArray<ServiceReport> offered, Func<string, bool> mayPublish)
{
    public static readonly ServiceOffer Nothing = new([], _ => false);

    /// <summary>What may be used.</summary>
    public ImmutableArray<ServiceReport> Published { get; } = [.. offered.Where(s => mayPublish(s.Name))];

    /// <summary>The same permissions for other services.</summary>
    public ServiceOffer Of(ImmutableArray<ServiceReport> services) => new(services, mayPublish);

    /// <summary>The same services under other permissions.</summary>
    public ServiceOffer Under(Func<string, bool> permission) => new(offered, permission);

    /// <summary>Whether a report changes nothing but how busy services are.</summary>
    public bool DiffersByLoadAlone(ImmutableArray<ServiceReport> services) =>
        services.Select(WithoutLoad).SequenceEqual(offered.Select(WithoutLoad));

    private static ServiceReport WithoutLoad(ServiceReport report) => report with { Load = null };
}
