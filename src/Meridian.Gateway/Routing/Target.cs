using Meridian.Gateway.Upstreams;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Routing;

/// <summary>One address of a route, as the steering table says now.</summary>
/// <param name="Address">The address with its verdict.</param>
/// <param name="Upstream">What the gateway knows of it.</param>
/// <param name="Weight">Its share within its pool; 0 is used only when nothing else is there.</param>
internal sealed record Target(AddressPlan Address, Upstream Upstream, int Weight)
{
    public bool IsUp => Address.IsUp;

    /// <summary>The site as answers name it: that of the address, or the address itself.</summary>
    public string Site => Address.Shape.Site ?? Address.Shape.Value;
}
