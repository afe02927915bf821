using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Files;

namespace Meridian.ExternalDns;

/// <summary>
/// Connections to nodes, made anew when the file with their authorities changes. One that cannot be used leaves the
/// authorities from before in force.
/// </summary>
internal sealed class NodeConnections : IDisposable
{
    private readonly WebhookOptions _options;
    private readonly int _maxAnswer;
    private readonly Action<string> _log;
    private Connections _current;

    /// <exception cref="IOException">The authorities cannot be read.</exception>
    /// <exception cref="CryptographicException">The file holds none.</exception>
    public NodeConnections(WebhookOptions options, int maxAnswer, Action<string> log)
    {
        (_options, _maxAnswer, _log) = (options, maxAnswer, log);
        _current = Open();
    }

    /// <summary>The connections, and the token to show, read anew.</summary>
    /// <exception cref="IOException">The token cannot be read.</exception>
    public (HttpClient Http, string? Token) Read()
    {
        var current = Volatile.Read(ref _current);
        if (_options.AuthorityFile is { } file && FileVersion.Of(file) != current.Version)
            current = Renew(current);
        return (current.Http, _options.TokenFile is { } token ? RegularFile.ReadText(token).Trim() : null);
    }

    public void Dispose() => _current.Http.Dispose();

    private Connections Renew(Connections before)
    {
        try
        {
            // Requests may be under way over those from before, which end by themselves.
            var next = Open();
            if (Interlocked.CompareExchange(ref _current, next, before) == before)
                return next;
            next.Http.Dispose();
            return _current;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            _log($"the authorities in {_options.AuthorityFile} cannot be used, and those from before are: {e.Message}");
            return before;
        }
    }

    private Connections Open()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        var version = "";
        if (_options.AuthorityFile is { } file)
        {
            version = FileVersion.Of(file);
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(RegularFile.ReadText(file));
            if (authorities.Count == 0)
                throw new CryptographicException("it holds no certificate");
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return new Connections(version, new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = _maxAnswer,
        });
    }

    private sealed record Connections(string Version, HttpClient Http);
}
