using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>How the HTTP gateway serves an endpoint. Without it the gateway does not know the name.</summary>
public sealed record EndpointGateway
{
    [Field("Defaults for what follows: `opaque` for ordinary HTTP, `inference` where any request " +
        "may be sent twice, `grpc`")]
    public GatewayProfile Profile { get; init; } = GatewayProfile.Opaque;

    [Field("The pools that requests are forwarded to; DNS answers the endpoint's own `pools`, which are then the " +
        "gateways", Default = "the endpoint's `pools`")]
    public ImmutableArray<EndpointPool> Pools { get; init; } = [];

    [Field("Pass connections on octet by octet, in place of HTTP", Default = "none")]
    public GatewayTcp? Tcp { get; init; }

    [Field("How the addresses are spoken to")]
    public GatewayUpstream Upstream { get; init; } = new();

    [Field("When a request is sent again, to another address")]
    public GatewayRetry Retry { get; init; } = new();

    [Field("Send a slow request to a second address as well, and take the first answer", Default = "none")]
    public GatewayHedge? Hedge { get; init; }

    [Field("Limits in time")]
    public GatewayTimeouts Timeouts { get; init; } = new();

    /// <summary><c>timeouts.firstByte</c>, or its default: a model that thinks, or is loaded, takes minutes.</summary>
    public TimeSpan TimeToFirstByte =>
        Timeouts.FirstByte ?? TimeSpan.FromMinutes(Profile == GatewayProfile.Inference ? 10 : 1);

    [Field("Limits in size")]
    public GatewayLimits Limits { get; init; } = new();

    [Field("Utilisation of a pool above which the next one takes a part", Min = "0.1", Max = "10")]
    public double SpillAbove { get; init; } = 0.9;

    [Field("Keep the requests of one session at one address while it serves", Default = "none")]
    public GatewayAffinity? Affinity { get; init; }

    [Field("The same request gives the same octets anywhere, so that an answer that breaks off is continued from " +
        "another address")]
    public bool Deterministic { get; init; }
}
