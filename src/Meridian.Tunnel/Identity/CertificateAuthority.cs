using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Files;

namespace Meridian.Tunnel.Identity;

/// <summary>
/// Signs the certificates of agents, and those that nodes show to agents. Nodes that agents may change between share
/// one: two files, <c>tunnel-ca.crt</c> and <c>tunnel-ca.key</c>, in PEM.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>How long an agent's certificate counts; it is renewed at two thirds.</summary>
    public static readonly TimeSpan AgentLife = TimeSpan.FromHours(24);

    /// <summary>How long after its end a certificate still gets its agent a new one.</summary>
    public static readonly TimeSpan Renewable = TimeSpan.FromDays(30);

    private static readonly TimeSpan OwnLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan ServerLife = TimeSpan.FromDays(90);

    // Certificates begin this long before they are made, because clocks of private sites differ.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 certificate, TimeProvider time) =>
        (_certificate, _time) = (certificate, time);

    /// <summary>The certificate in PEM, for agents to trust.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>Reads it from a folder, or makes it where there is none.</summary>
    /// <exception cref="CryptographicException">A file is not what it should be.</exception>
    public static CertificateAuthority Open(string folder, TimeProvider time)
    {
        var (certificate, key) = (Path.Combine(folder, "tunnel-ca.crt"), Path.Combine(folder, "tunnel-ca.key"));
        if (File.Exists(certificate))
            return new CertificateAuthority(Read(certificate, key), time);
        NewFile.MakeFolder(folder);
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(AgentName.Subject("Meridian tunnel"), made, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        using var own = request.CreateSelfSigned(now - Skew, now + OwnLife);
        SecretFile.Write(key, made.ExportPkcs8PrivateKeyPem());
        NewFile.Replace(certificate, own.ExportCertificatePem(), NewFile.ForAll);
        return new CertificateAuthority(Read(certificate, key), time);
    }

    /// <summary>A certificate for the sockets that agents dial.</summary>
    public X509Certificate2 IssueServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(AgentName.Subject(ServerTrust.ServerName), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(ServerTrust.ServerName);
        request.CertificateExtensions.Add(names.Build());
        using var signed = Sign(request, ServerLife, Purposes.Server);
        using var whole = signed.CopyWithPrivateKey(key);

        // Not every platform can use a key for TLS that exists in memory alone.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>
    /// Makes a certificate from a request (PKCS #10, PEM). Of the request only its key is used.
    /// </summary>
    /// <exception cref="CryptographicException">It is no request, is not signed by its own key, or its key is
    /// weak.</exception>
    public string IssueAgent(string agent, string requestPem)
    {
        var asked = CertificateRequest.LoadSigningRequestPem(requestPem, HashAlgorithmName.SHA256,
            CertificateRequestLoadOptions.Default);
        using var key = asked.PublicKey.GetECDsaPublicKey()
            ?? throw new CryptographicException("the key of the request is none for ECDSA");
        if (key.KeySize < 256)
            throw new CryptographicException("the key of the request is shorter than 256 bits");
        using var signed = Sign(new CertificateRequest(AgentName.Subject(agent), asked.PublicKey,
            HashAlgorithmName.SHA256), AgentLife, Purposes.Client);
        return signed.ExportCertificatePem();
    }

    /// <summary>
    /// The agent that a certificate belongs to; null for one of no agent of this authority, or that does not count now.
    /// </summary>
    public string? AgentOf(X509Certificate2 certificate) =>
        Purposes.Trusts(_certificate, certificate, Purposes.Client, _time.GetUtcNow())
        ? AgentName.Of(certificate) : null;

    /// <summary>
    /// The agent that a certificate belongs to, also where it ended while the agent was away: whoever has its key may
    /// ask for a new one, as long as there is a TunnelAgent of the name, and <see cref="Renewable"/> after the end at
    /// most.
    /// </summary>
    public string? RenewableAgentOf(X509Certificate2 certificate)
    {
        var (now, end) = (_time.GetUtcNow(), (DateTimeOffset)certificate.NotAfter);
        if (now > end + Renewable)
            return null;
        return Purposes.Trusts(_certificate, certificate, Purposes.Client, now < end ? now : end.AddSeconds(-1))
            ? AgentName.Of(certificate) : null;
    }

    /// <summary>How TLS checks the certificates of agents, so that a handshake builds one chain only.</summary>
    internal X509ChainPolicy AgentPolicy => Purposes.PolicyOf(_certificate, Purposes.Client);

    /// <summary>Whether a text is a certificate request that would be accepted.</summary>
    public static bool IsRequest(string requestPem)
    {
        try
        {
            using var key = CertificateRequest.LoadSigningRequestPem(requestPem,
                HashAlgorithmName.SHA256).PublicKey.GetECDsaPublicKey();
            return key is { KeySize: >= 256 };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    public void Dispose() => _certificate.Dispose();

    private X509Certificate2 Sign(CertificateRequest request, TimeSpan life, Oid purpose)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([purpose], true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true,
            false));
        var now = _time.GetUtcNow();
        using var signer = _certificate.GetECDsaPrivateKey()!;
        return request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), now - Skew,
            now + life, RandomNumberGenerator.GetBytes(16));
    }

    private static X509Certificate2 Read(string certificate, string key) => X509Certificate2.CreateFromPem(
        RegularFile.ReadText(certificate), SecretFile.Read(key));
}
