using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>How a gateway takes connections that are passed on octet by octet.</summary>
[Rule("has(self.port) != (has(self.passthrough) && self.passthrough)",
    "exactly one of port and passthrough is wanted")]
public sealed record GatewayTcp
{
    [Field("TCP port that the gateways listen at for it, one of those that `serve --tcp` allows", Min = "1",
        Max = "65535", Default = "none")]
    public int? Port { get; init; }

    [Field("Take it by the TLS server name on the gateways' TLS ports: the endpoint's host name. " +
        "TLS ends at the service")]
    public bool Passthrough { get; init; }

    [Field("How long nothing may be sent in either direction before a connection is closed", Min = "1s", Max = "7d")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);
}
