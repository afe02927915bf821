using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using Meridian.Addresses;
using Meridian.Gateway;
using Meridian.Gateway.Tcp;
using Meridian.Model.Values;
using Meridian.Running;

namespace Meridian.CommandLine.Options;

/// <summary>The HTTP and TCP gateway, and its traces.</summary>
internal sealed class GatewayOptionSet : IOptionSet
{
    private readonly Option<IPEndPoint[]> _http = Arguments.EndPoints("--gateway",
        "Addresses of the HTTP gateway, HTTP/1.1 and HTTP/2 without TLS; off by default");

    private readonly Option<IPEndPoint[]> _https =
        Arguments.EndPoints("--gateway-tls", "Addresses of the HTTP gateway over TLS; off by default");

    private readonly Option<string[]> _certificates = Arguments.Texts("--gateway-cert",
        "PEM files with a certificate chain and its key (in the file, or beside it in .key), or folders of them, "
        + "read again when they change");

    private readonly Option<PortRange[]> _tcp = Arguments.PortRanges("--tcp",
        "Ports that endpoints with `tcp.port` may ask for, such as 0.0.0.0:22000-22999; none by default");

    private readonly Option<string[]> _trusted = Arguments.Texts("--gateway-trust",
        "Networks whose X-Forwarded-For and Forwarded are believed, such as those of a load balancer in front");

    private readonly Option<string?> _head = Arguments.Text("--gateway-head",
        "The most that the head of a request may have in octets, such as 128Ki; 64Ki by default");

    private readonly Option<int> _fields = new("--gateway-fields")
    {
        Description = "The most header fields that a request may have",
        DefaultValueFactory = _ => 200,
    };

    private readonly Option<string?> _traces = Arguments.Text("--traces",
        "Where the gateway's spans go by OTLP, such as http://127.0.0.1:4318 (4317 for gRPC); off unless this or "
        + "OTEL_EXPORTER_OTLP_ENDPOINT says where");

    public IEnumerable<Option> Options =>
        [_http, _https, _certificates, _tcp, _trusted, _head, _fields, _traces];

    public NodeOptions Apply(NodeOptions options, ParseResult result) => options with
    {
        Gateway = GatewayOf(result),
        Traces = TracesOf(result.GetValue(_traces)),
    };

    private GatewayOptions? GatewayOf(ParseResult result)
    {
        var gateway = new GatewayOptions
        {
            Http = [.. result.GetValue(_http) ?? []],
            Https = [.. result.GetValue(_https) ?? []],
            Certificates = [.. result.GetValue(_certificates) ?? []],
            Tcp = [.. result.GetValue(_tcp) ?? []],
            Trusted = TrustedOf(result.GetValue(_trusted) ?? []),
            MaxHead = HeadOf(result.GetValue(_head)),
            MaxFields = result.GetValue(_fields) is > 0 and <= 10_000 and var fields ? fields
                : throw new StartException("--gateway-fields is a number from 1 to 10000"),
        };
        if (gateway.Http.IsEmpty && gateway.Https.IsEmpty && gateway.Tcp.IsEmpty)
            return null;
        if (!gateway.Https.IsEmpty && gateway.Certificates.IsEmpty)
            throw new StartException("--gateway-tls needs --gateway-cert");
        return gateway;
    }

    private static ImmutableArray<IPNetwork> TrustedOf(string[] texts) =>
    [
        .. texts.Select(text => NetworkText.TryParse(text, out var network, out var error) ? network
            : throw new StartException($"--gateway-trust: {error}")),
    ];

    private static int HeadOf(string? text) => text is null ? GatewayOptions.DefaultMaxHead
        : ByteSize.TryParse(text, out var size) && size.Octets is >= 1 << 10 and <= 1 << 20 ? (int)size.Octets
        : throw new StartException($"--gateway-head {text} is not a size from 1Ki to 1Mi");

    private static Uri? TracesOf(string? text) => text is null ? null
        : UrlText.TryParseHttp(text, out var place) ? place
        : throw new StartException($"--traces {text} is not a URL such as http://127.0.0.1:4318");
}
