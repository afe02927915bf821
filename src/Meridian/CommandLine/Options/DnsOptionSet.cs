using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using Meridian.Dns.Sockets;
using Meridian.Running;

namespace Meridian.CommandLine.Options;

/// <summary>The DNS server: its sockets, certificate, limits and query log.</summary>
internal sealed class DnsOptionSet : IOptionSet
{
    private readonly Option<IPEndPoint[]> _dns =
        Arguments.EndPoints("--dns", "Addresses to answer DNS on, UDP and TCP", "127.0.0.1:5300");

    private readonly Option<IPEndPoint[]> _tls =
        Arguments.EndPoints("--dns-tls", "Addresses to answer DNS over TLS on (RFC 7858); off by default");

    private readonly Option<IPEndPoint[]> _https = Arguments.EndPoints("--dns-https",
        "Addresses to answer DNS over HTTPS on, at /dns-query (RFC 8484); off by default");

    private readonly Option<string?> _certificate = Arguments.Text("--dns-cert",
        "PEM file with the certificate chain for --dns-tls and --dns-https, read again when it changes");

    private readonly Option<string?> _key = Arguments.Text("--dns-key", "PEM file with its private key");

    private readonly Option<int> _rateLimit = new("--rate-limit")
    {
        Description = "UDP responses a second about one name to one network (/24, /56) that has no cookie, after a "
            + "burst of as many; 0 for no limit, and loopback has none",
        DefaultValueFactory = _ => 500,
    };

    private readonly Option<string?> _cookieSecrets = Arguments.Text("--cookie-secrets",
        "File with cookie secrets that nodes behind one address share, one of 32 hexadecimal digits a line");

    private readonly Option<string?> _queryLog =
        Arguments.Text("--query-log", "File that a sample of the queries is written to, as JSON lines");

    private readonly Option<int> _sample = new("--query-log-sample")
    {
        Description = "Write one query in this many",
        DefaultValueFactory = _ => 100,
    };

    private readonly Option<bool> _chaos = new("--chaos") { Description = "Answer version.bind and id.server" };

    public IEnumerable<Option> Options =>
        [_dns, _tls, _https, _certificate, _key, _rateLimit, _cookieSecrets, _queryLog, _sample, _chaos];

    public IEnumerable<Option<string?>> Secrets => [_key, _cookieSecrets];

    public NodeOptions Apply(NodeOptions options, ParseResult result)
    {
        var tls = result.GetValue(_tls) ?? [];
        var https = result.GetValue(_https) ?? [];
        return options with
        {
            Dns = [.. result.GetRequiredValue(_dns)],
            DnsTls = [.. tls],
            DnsHttps = [.. https],
            DnsCertificate = tls.Length + https.Length > 0 ? CertificateOf(result) : null,
            RateLimit = Math.Max(0, result.GetValue(_rateLimit)),
            CookieSecrets = result.GetValue(_cookieSecrets),
            QueryLog = result.GetValue(_queryLog),
            QueryLogSample = Math.Max(1, result.GetValue(_sample)),
            Chaos = result.GetValue(_chaos),
        };
    }

    private TlsCertificate CertificateOf(ParseResult result)
    {
        if (result.GetValue(_certificate) is not { } certificate || result.GetValue(_key) is not { } key)
            throw new StartException("DNS over TLS or HTTPS needs --dns-cert and --dns-key");
        try
        {
            return new TlsCertificate(certificate, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException)
        {
            throw new StartException($"the certificate {certificate} cannot be loaded: {e.Message}");
        }
    }
}
