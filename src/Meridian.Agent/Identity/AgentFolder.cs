using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Agent.Configuration;
using Meridian.Files;
using Meridian.Tunnel.Identity;

namespace Meridian.Agent.Identity;

/// <summary>
/// Everything that an agent keeps: its file, its key, its certificate, and the authority that it was enrolled with.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="file">The agent's file, where that is elsewhere.</param>
internal sealed class AgentFolder(string path, string? file = null)
{
    private readonly string _key = Path.Combine(path, "agent.key");
    private readonly string _certificate = Path.Combine(path, "agent.crt");
    private readonly string _authority = Path.Combine(path, "authority.crt");

    /// <summary>The folder where none is given.</summary>
    public static string Default => DefaultFor(Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    public string File => file ?? Path.Combine(path, AgentFile.Name);

    public string Status => Path.Combine(path, "status.json");

    public bool IsEnrolled => System.IO.File.Exists(_certificate);

    /// <summary>Whether it has the authority of gateways that it trusts.</summary>
    public bool HasAuthority => System.IO.File.Exists(_authority);

    public X509Certificate2 Authority => X509Certificate2.CreateFromPem(RegularFile.ReadText(_authority));

    /// <summary>A command for this folder, as it is pasted into a shell.</summary>
    public string CommandText(string command) =>
        $"meridian-agent {command}{(path == Default ? "" : $" --state {ShellText.Quote(path)}")}";

    /// <summary>
    /// What systemd says; otherwise <c>/var/lib/meridian-agent</c> for root, and the user's state folder for others
    /// (XDG Base Directory Specification).
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="isRoot">Whether the user is root; its name is no way to tell, since a bare host may know no
    /// names.</param>
    /// <param name="home">The user's folder.</param>
    public static string DefaultFor(Func<string, string?> variable, bool isRoot, string home)
    {
        if (variable("STATE_DIRECTORY") is { Length: > 0 } given)
            return given;
        if (isRoot)
            return "/var/lib/meridian-agent";
        var state = variable("XDG_STATE_HOME") is { Length: > 0 } own ? own : Path.Combine(home, ".local/state");
        return Path.Combine(state, "meridian-agent");
    }

    /// <summary>Makes a key where there is none yet, and a request with it.</summary>
    public string Request()
    {
        NewFile.MakeFolder(path, isPublic: true);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (System.IO.File.Exists(_key))
            key.ImportFromPem(SecretFile.Read(_key));
        else
            SecretFile.Write(_key, key.ExportPkcs8PrivateKeyPem());
        return new CertificateRequest(new X500DistinguishedName("CN=agent"), key, HashAlgorithmName.SHA256)
            .CreateSigningRequestPem();
    }

    /// <summary>Trusts gateways of one authority.</summary>
    /// <exception cref="CryptographicException">The file holds no certificate.</exception>
    public void Trust(string authorityFile)
    {
        NewFile.MakeFolder(path, isPublic: true);
        using var authority = X509Certificate2.CreateFromPem(RegularFile.ReadText(authorityFile));
        Trust(authority);
    }

    /// <summary>Keeps the authority of the gateways that are trusted.</summary>
    public void Trust(X509Certificate2 authority) => SecretFile.Write(_authority, authority.ExportCertificatePem());

    /// <summary>Keeps a certificate that a gateway has issued.</summary>
    /// <exception cref="CryptographicException">It is none of this agent's key; the one from before is
    /// kept.</exception>
    public void Save(string certificate)
    {
        using var own = X509Certificate2.CreateFromPem(certificate, SecretFile.Read(_key));
        SecretFile.Write(_certificate, certificate);
    }

    /// <summary>The certificate with its key.</summary>
    /// <exception cref="UnauthorizedAccessException">Others may read the key too.</exception>
    public X509Certificate2 Certificate()
    {
        using var certificate = X509Certificate2.CreateFromPem(RegularFile.ReadText(_certificate),
            SecretFile.Read(_key));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
