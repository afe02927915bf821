using Meridian.Gateway.Upstreams;
using Meridian.Model.Loads;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Routing;

/// <summary>One address of a route in the current steering table.</summary>
/// <param name="Address">The address with its verdict.</param>
/// <param name="Upstream">What the gateway knows of it.</param>
/// <param name="Weight">Its share within its pool; 0 is used only where there is nothing else.</param>
internal sealed record Target(AddressPlan Address, Upstream Upstream, int Weight)
{
    /// <summary>The key of its load figures.</summary>
    public required LoadKey Key { get; init; }

    /// <summary>How much it can do at a time.</summary>
    public required TargetCapacity Capacity { get; init; }

    public bool IsUp => Address.IsUp;

    /// <summary>The site as answers name it: that of the address, or the address itself.</summary>
    public string Site => Address.Shape.Site ?? Address.Shape.Value;

    /// <summary>
    /// How busy it is: by its last report, corrected by the requests that have come and gone since, or else by the work
    /// under way; null where neither can be told.
    /// </summary>
    public double? Utilisation => Upstream.Reported.Utilisation(Capacity, Upstream.InFlight)
        ?? (Capacity.Work is { } most ? Upstream.Work / most : null);
}
