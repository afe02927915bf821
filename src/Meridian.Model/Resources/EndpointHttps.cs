using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>
/// The HTTPS record of an endpoint (RFC 9460), whose address hints follow the verdicts as the addresses do.
/// </summary>
public sealed record EndpointHttps
{
    [Field("Protocols that the service speaks, the preferred first")]
    public ImmutableArray<string> Alpn { get; init; } = ["h2", "http/1.1"];

    [Field("The port, where it is not 443", Min = "1", Max = "65535")]
    public int? Port { get; init; }

    [Field("Give the addresses along, so that a client needs no second question")]
    public bool Hints { get; init; } = true;
}
