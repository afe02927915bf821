using Meridian.Addresses;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>
/// One address of a pool, or what stands for the addresses of a service in a cluster or behind a tunnel.
/// </summary>
[Rule("[has(self.value), has(self.from), has(self.tunnel)].filter(x, x).size() == 1",
    "an address has exactly one of value, from and tunnel")]
[Rule("self.weightFrom != 'ready' || has(self.from)",
    "weightFrom ready needs a from")]
public sealed record PoolAddress
{
    [Field("An IPv4 or IPv6 address or a host name", Default = "what `from` or `tunnel` names")]
    public string Value { get => field.Length == 0 && Tunnel is { } tunnel ? tunnel.ToString() : field; init; } = "";

    [Field("In place of `value`: an object in a cluster, whose load balancer's addresses are meant, however they " +
        "change", Default = "none")]
    public AddressSource? From { get; init; }

    [Field("In place of `value`: a service behind a tunnel. Gateways go through it; DNS answers with the Nodes that " +
        "have it", Default = "none")]
    public TunnelSource? Tunnel { get; init; }

    [Field("Port of the service, for probes and the gateway", Min = "1", Max = "65535")]
    public int? Port { get; init; }

    [Field("Share under policy Weighted and Sticky; 0 is used only when nothing else is up", Min = "0",
        Max = "1000000")]
    public int Weight { get; init; } = 1;

    [Field("`ready`: the weight is the number of ready endpoints behind the object in `from`")]
    public WeightFrom WeightFrom { get; init; }

    [Field("Requests that it can do at a time", Min = "1", Max = "1000000", Default = "the LoadSignal's `capacity`")]
    public int? Capacity { get; init; }

    [Field("false takes the address out without deleting it")]
    public bool Enabled { get; init; } = true;

    [Field("Name of the Site where this address is, for policy Nearest", Default = "the pool's `site`")]
    public string? Site { get; init; }

    /// <summary>The gateway that it is, in a pool whose services are reached through tunnels; null otherwise.</summary>
    public GatewayFront? Front { get; init; }

    /// <summary>
    /// Where an address came from that no resource writes down: <c>Ingress web/kokoro in cluster hk</c>; null
    /// otherwise.
    /// </summary>
    public string? Origin { get; init; }

    /// <summary>
    /// Whether it is a host name, or an object in a cluster whose load balancer may have one for an address.
    /// </summary>
    internal bool MayBeHostName =>
        Tunnel is null && (Value.Length == 0 && From is { } from
            ? from.Static.IsEmpty || from.Static.Any(IsHostName)
            : IsHostName(Value));

    private static bool IsHostName(string text) => !IpText.IsMeant(text);
}
