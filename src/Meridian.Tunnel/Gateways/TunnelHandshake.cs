using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// The gateway's side of TLS: a certificate of its own authority, and a certificate of the agent where it has one.
/// </summary>
/// <param name="authority">Signs both.</param>
/// <param name="atATime">Handshakes that may compute at a time; more wait.</param>
/// <param name="time">The clock.</param>
internal sealed class TunnelHandshake(CertificateAuthority authority, int atATime, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turns = new(atATime);
    private readonly NodeCertificate _certificate = new(authority, time);

    /// <summary>Does the handshake on a connection, and finds out who is at the other end.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">It fails.</exception>
    /// <exception cref="IOException">The other end goes away.</exception>
    /// <exception cref="OperationCanceledException">It takes too long, or is not wanted any more.</exception>
    public async Task<(SslStream Stream, ConnectionIdentity Identity)> RunAsync(Stream connection,
        CancellationToken cancellationToken)
    {
        var inTurn = new TurnStream(connection, _turns);
        var tls = new SslStream(inTurn);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var identity = ConnectionIdentity.Anonymous; // who has no certificate yet may enrol
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _certificate.Current,
                ApplicationProtocols = [TunnelTokens.ReversedHttp2, SslApplicationProtocol.Http11],
                ClientCertificateRequired = true,
                CertificateChainPolicy = authority.AgentPolicy,
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    if (certificate is not X509Certificate2 shown)
                        return certificate is null;
                    if (IdentityOf(shown, errors) is not { } known)
                        return false;
                    identity = known;
                    return true;
                },
            }, limit.Token);
            return (tls, identity);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
        finally
        {
            inTurn.EndHandshake();
        }
    }

    public void Dispose() => _turns.Dispose();

    // TLS has built and checked one chain already; another one is built only for a certificate that has ended.
    private ConnectionIdentity? IdentityOf(X509Certificate2 shown, SslPolicyErrors errors)
    {
        var current = errors == SslPolicyErrors.None ? AgentName.Of(shown) : null;
        var renewable = current is null ? authority.RenewableAgentOf(shown) : null;
        return Admittance.OfCertificate(current, renewable, shown.NotAfter);
    }
}
