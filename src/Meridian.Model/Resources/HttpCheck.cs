using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>An HTTP or HTTPS probe. Redirects are not followed: a redirect is judged by its status.</summary>
public sealed record HttpCheck
{
    [Field("`http` or `https`")]
    public HttpScheme Scheme { get; init; }

    [Field("TCP port", Min = "1", Max = "65535", Default = "the address's `port`, or 80 for http and 443 for https")]
    public int? Port { get; init; }

    [Field("Request method, such as `GET` or `HEAD`")]
    public string Method { get; init; } = "GET";

    [Field("Path and query")]
    public string Path { get; init; } = "/";

    [Field("Host header and TLS server name", Default = "the endpoint's host name")]
    public string? Host { get; init; }

    [Field("Further request headers")]
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    [Field("Status codes and ranges that mean healthy, as strings")]
    public ImmutableArray<string> ExpectedStatus { get; init; } = ["200-399"];

    [Field("Text that the first 64 KiB of the body must contain")]
    public string? ExpectedBody { get; init; }

    [Field("TLS options, for https")]
    public TlsCheck Tls { get; init; } = new();
}
