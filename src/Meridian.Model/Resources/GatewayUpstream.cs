using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>How a gateway speaks to the addresses of an endpoint.</summary>
public sealed record GatewayUpstream
{
    [Field("http or https")]
    public HttpScheme Scheme { get; init; } = HttpScheme.Http;

    [Field("Port where the address gives none", Min = "1", Max = "65535", Default = "80, or 443 for https")]
    public int? Port { get; init; }

    [Field("`preserve` sends the client's Host on; anything else is sent in its place")]
    public string HostHeader { get; init; } = Preserve;

    [Field("Speak HTTP/2 to the addresses", Default = "true for `grpc`")]
    public bool? Http2 { get; init; }

    [Field("Requests that one address can do at a time; utilisation is what it has of them", Min = "1", Max = "1000000", Default = "no limit known")]
    public int? Capacity { get; init; }

    [Field("Options of https")]
    public TlsCheck Tls { get; init; } = new();

    /// <summary>The word for the client's own Host.</summary>
    public const string Preserve = "preserve";

    /// <summary>The port of an address that gives none.</summary>
    public int EffectivePort => Port ?? (Scheme == HttpScheme.Https ? 443 : 80);
}
