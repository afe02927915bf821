using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Meridian.Gateway.Http1;

namespace Meridian.Gateway.Upstreams;

/// <summary>Makes the client that YARP forwards with: one address, whatever the URL says.</summary>
internal static class UpstreamInvoker
{
    /// <summary>Opening a connection; a route's own limit is for routes of ours.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    public static HttpMessageInvoker Make(UpstreamKey key, UpstreamDialer dialer) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ActivityHeadersPropagator = null,
        ConnectTimeout = ConnectTimeout,

        // SocketsHttpHandler takes the server name from the Host header, so that the name is compared here.
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                !key.Verify || IsOf(key, certificate, errors),
        },
        ConnectCallback = async (_, cancellationToken) =>
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(ConnectTimeout);
            try
            {
                return (await dialer.ConnectAsync(bulk: false, timeout.Token)).Stream;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new UpstreamException(FailureKind.Connect, "connect: timeout");
            }
        },
    });

    private static bool IsOf(UpstreamKey key, X509Certificate? certificate, SslPolicyErrors errors) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
        && certificate is X509Certificate2 one && one.MatchesHostname(key.ServerName ?? key.Host);
}
