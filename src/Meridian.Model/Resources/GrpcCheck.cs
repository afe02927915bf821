using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>A probe by the gRPC health checking protocol.</summary>
public sealed record GrpcCheck
{
    [Field("TCP port", Min = "1", Max = "65535", Default = "the address's `port`")]
    public int? Port { get; init; }

    [Field("Name of the service to ask for; empty asks for the whole server")]
    public string Service { get; init; } = "";

    [Field("Authority (`:authority`) and TLS server name", Default = "the endpoint's host name")]
    public string? Host { get; init; }

    [Field("TLS options; without them the probe is in clear text (h2c)")]
    public TlsCheck? Tls { get; init; }
}
