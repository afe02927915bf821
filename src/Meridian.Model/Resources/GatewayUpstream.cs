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

    [Field("Work that one address can do at a time, in `unit`; utilisation is what it has of it", Min = "1",
        Max = "1000000000", Default = "the address's `capacity`, or that of its LoadSignal")]
    public int? Capacity { get; init; }

    [Field("What the work of a request is counted in, when the less busy of two addresses is sought")]
    public WorkUnit Unit { get; init; } = WorkUnit.Requests;

    [Field("Octets of a request's body that are one unit", Min = "0.001", Max = "1000000000",
        Default = "4 for Tokens, 1 for Characters, 32000 for AudioSeconds")]
    public double? OctetsPerUnit { get; init; }

    [Field("Whose limit 429 is about: of `Address` it spares the address for a while; of `Client`, where quotas are " +
        "counted by key or user, it is the client's answer alone")]
    public LimitScope TooManyRequests { get; init; } = LimitScope.Address;

    [Field("Options of https")]
    public TlsCheck Tls { get; init; } = new();

    /// <summary>The value that keeps the client's own Host.</summary>
    public const string Preserve = "preserve";

    /// <summary>
    /// Units of work that a request with a body of so many octets is; null where that cannot be told.
    /// </summary>
    public double? WorkOf(long? octets) => Unit == WorkUnit.Requests ? 1 : octets / (OctetsPerUnit ?? Unit switch
    {
        WorkUnit.Tokens => 4,
        WorkUnit.AudioSeconds => 32_000,
        _ => 1,
    });

    /// <summary>The port of an address that gives none.</summary>
    public int EffectivePort => Port ?? (Scheme == HttpScheme.Https ? 443 : 80);
}
