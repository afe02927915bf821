using System.CommandLine;
using System.Net;
using Meridian.Management;
using Meridian.Running;

namespace Meridian.CommandLine.Options;

/// <summary>The management API, and what guards it.</summary>
internal sealed class ManagementOptionSet : IOptionSet
{
    private readonly Option<IPEndPoint?> _management =
        Arguments.EndPoint("--management", "Address of the management API and metrics", "127.0.0.1:8053");

    private readonly Option<IPEndPoint[]> _health = Arguments.EndPoints("--health",
        "Address of /healthz, /readyz and /metrics alone, for probes and Prometheus; off by default");

    private readonly Option<string?> _certificate =
        Arguments.Text("--management-cert", "PEM file with the API's certificate chain; needed off loopback");

    private readonly Option<string?> _key = Arguments.Text("--management-key", "PEM file with its private key");

    private readonly Option<string?> _token = Arguments.Text("--management-token-file",
        "File with the bearer token that the API asks for; needed off loopback");

    public IEnumerable<Option> Options => [_management, _health, _certificate, _key, _token];

    public IEnumerable<Option<string?>> Secrets => [_key, _token];

    public NodeOptions Apply(NodeOptions options, ParseResult result) => options with
    {
        Management = new ManagementOptions
        {
            EndPoint = result.GetValue(_management)!,
            Health = (result.GetValue(_health) ?? []).FirstOrDefault(),
            Certificate = ManagementCertificate.Load(result.GetValue(_certificate), result.GetValue(_key)),
            Token = result.GetValue(_token) is { } token ? new BearerTokenFile(token) : null,
        },
    };
}
