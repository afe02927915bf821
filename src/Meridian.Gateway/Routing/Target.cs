using Meridian.Gateway.Upstreams;
using Meridian.Model.Loads;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Routing;

/// <summary>One address of a route, as the steering table says now.</summary>
/// <param name="Address">The address with its verdict.</param>
/// <param name="Upstream">What the gateway knows of it.</param>
/// <param name="Weight">Its share within its pool; 0 is used only when nothing else is there.</param>
internal sealed record Target(AddressPlan Address, Upstream Upstream, int Weight)
{
    /// <summary>What its load figures are filed under.</summary>
    public required LoadKey Key { get; init; }

    /// <summary>What means that it is full.</summary>
    public required TargetCapacity Capacity { get; init; }

    public bool IsUp => Address.IsUp;

    /// <summary>The site as answers name it: that of the address, or the address itself.</summary>
    public string Site => Address.Shape.Site ?? Address.Shape.Value;

    /// <summary>
    /// How busy it is: what it last said with what has come and gone since, or what is under way; null where that says
    /// nothing.
    /// </summary>
    public double? Utilisation => Upstream.Reported.Utilisation(Capacity, Upstream.InFlight)
        ?? (Capacity.Work is { } most ? Upstream.Work / most : null);
}
