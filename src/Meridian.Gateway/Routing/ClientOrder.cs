using System.Net;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Routing;

/// <summary>In which order a client's requests go to the pools of a route.</summary>
internal static class ClientOrder
{
    /// <summary>The places of a route's pools, the best for the client first, as DNS would order them.</summary>
    /// <param name="route">The endpoint.</param>
    /// <param name="client">Where the client is; null where that is not known.</param>
    /// <param name="now">The time by which ramps are judged.</param>
    public static int[] For(Route route, IPAddress? client, DateTimeOffset now)
    {
        var order = new int[route.Tiers.Length];
        if (order.Length < 2)
            return order;
        Span<byte> octets = stackalloc byte[16];
        client ??= IPAddress.None;
        (client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client).TryWriteBytes(octets, out var length);
        var view = new ClientView(octets[..length], length * 8);
        route.Plan.Order(view, (ulong)Random.Shared.NextInt64(), now, order, out _);
        return order;
    }
}
