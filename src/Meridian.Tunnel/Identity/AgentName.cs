using System.Security.Cryptography.X509Certificates;

namespace Meridian.Tunnel.Identity;

/// <summary>The name of an agent in its certificate: the common name of the subject.</summary>
internal static class AgentName
{
    public static X500DistinguishedName Subject(string agent)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(agent);
        return builder.Build();
    }

    public static string Of(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
}
