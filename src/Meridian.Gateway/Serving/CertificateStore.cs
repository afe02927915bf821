using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Files;

namespace Meridian.Gateway.Serving;

/// <summary>
/// Certificates by the names in them, from PEM files: a file holds a chain and its key, or a chain whose key stands
/// beside it (<c>name.crt</c> or <c>name.pem</c>, and <c>name.key</c>; <c>tls.crt</c> and <c>tls.key</c> as Kubernetes
/// mounts them). A set with a fault does not replace the one before.
/// </summary>
internal sealed class CertificateStore
{
    private static readonly string[] Extensions = [".crt", ".pem", ".cer"];

    private readonly ImmutableArray<string> _paths;
    private volatile CertificateSet _current;

    /// <exception cref="GatewayException">A file cannot be read, or there is none.</exception>
    public CertificateStore(ImmutableArray<string> paths)
    {
        _paths = paths;
        _current = Load(paths);
    }

    /// <summary>When the certificate of each name ends.</summary>
    public IEnumerable<(string Name, DateTimeOffset NotAfter)> Expiries =>
        _current.ByName.Select(e => (e.Key, new DateTimeOffset(e.Value.NotAfter)));

    /// <summary>
    /// The certificate for a server name: exact, then by wildcard (RFC 9525 section 6.3), then the first of all.
    /// </summary>
    public SslStreamCertificateContext Find(string? serverName)
    {
        var current = _current;
        if (serverName is { Length: > 0 })
        {
            var name = serverName.ToLowerInvariant();
            if (current.ByName.TryGetValue(name, out var exact))
                return exact.Context;
            if (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
                && current.ByName.TryGetValue("*" + name[dot..], out var wild))
                return wild.Context;
        }

        return current.First.Context;
    }

    /// <summary>Reads what has changed on disk. Called by one thread at a time.</summary>
    /// <returns>What is wrong with what is there, for as long as it is; null for nothing.</returns>
    public string? Refresh()
    {
        try
        {
            if (Fingerprint(Files(_paths)) == _current.Fingerprint)
                return null;
            _current = Load(_paths);
            return null;
        }
        catch (Exception e) when (e is GatewayException or IOException or UnauthorizedAccessException)
        {
            return $"{e.Message}; the certificates from before stay in use";
        }
    }

    private static CertificateSet Load(ImmutableArray<string> paths)
    {
        var files = Files(paths);
        var fingerprint = Fingerprint(files);
        var byName = new Dictionary<string, NamedCertificate>();
        NamedCertificate? first = null;
        foreach (var file in files)
        {
            var certificate = Read(file);
            if (certificate is null)
                continue;
            first ??= certificate;

            // Of two certificates for a name, the one that is valid for longer is used.
            foreach (var name in certificate.Names)
            {
                if (!byName.TryGetValue(name, out var other) || other.NotAfter < certificate.NotAfter)
                    byName[name] = certificate;
            }
        }

        return first is null
            ? throw new GatewayException($"there is no certificate with a key in {string.Join(", ", paths)}")
            : new CertificateSet(byName.ToFrozenDictionary(), first, fingerprint);
    }

    private static NamedCertificate? Read(string file)
    {
        try
        {
            var text = RegularFile.ReadText(file);
            if (!text.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
                return null;
            var key = text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
                ? file : Path.ChangeExtension(file, ".key");
            if (!File.Exists(key))
                return null;
            using var pem = X509Certificate2.CreateFromPem(text, RegularFile.ReadText(key));

            // Not every TLS library takes a key that came as PEM; through PKCS #12 it does.
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(text);
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(e => e.EnumerateDnsNames())
                .Select(n => n.ToLowerInvariant()).ToImmutableArray();
            return new NamedCertificate(SslStreamCertificateContext.Create(certificate, chain, offline: true), names,
                certificate.NotAfter);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException)
        {
            throw new GatewayException($"the certificate {file} cannot be loaded: {e.Message}");
        }
    }

    private static ImmutableArray<string> Files(ImmutableArray<string> paths) =>
    [
        .. paths.SelectMany(path => Directory.Exists(path)
            ? Directory.EnumerateFiles(path).Where(f => Extensions.Contains(Path.GetExtension(f))).Order()
            : Enumerable.Repeat(path, 1)),
    ];

    private static string Fingerprint(ImmutableArray<string> files) =>
        FileVersion.Of(files.SelectMany(f => new[] { f, Path.ChangeExtension(f, ".key") }));

    private sealed record NamedCertificate(SslStreamCertificateContext Context, ImmutableArray<string> Names,
        DateTime NotAfter);

    private sealed record CertificateSet(FrozenDictionary<string, NamedCertificate> ByName, NamedCertificate First,
        string Fingerprint);
}
