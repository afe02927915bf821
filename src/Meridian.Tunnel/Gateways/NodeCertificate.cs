using System.Net.Security;
using Meridian.Tunnel.Identity;

namespace Meridian.Tunnel.Gateways;

/// <summary>The certificate that a node shows to agents: a new one once two thirds of its life are over.</summary>
internal sealed class NodeCertificate(CertificateAuthority authority, TimeProvider time)
{
    private readonly Lock _lock = new();
    private SslStreamCertificateContext? _current;
    private DateTimeOffset _renewAt;

    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_lock)
            {
                if (_current is null || time.GetUtcNow() >= _renewAt)
                    (_current, _renewAt) = Issue();
                return _current;
            }
        }
    }

    private (SslStreamCertificateContext Context, DateTimeOffset RenewAt) Issue()
    {
        var certificate = authority.IssueServer();
        var life = certificate.NotAfter - certificate.NotBefore;
        return (SslStreamCertificateContext.Create(certificate, null, offline: true),
            (DateTimeOffset)certificate.NotBefore + (life * 2 / 3));
    }
}
