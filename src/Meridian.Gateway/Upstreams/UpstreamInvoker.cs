using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;

namespace Meridian.Gateway.Upstreams;

/// <summary>Makes the client that YARP forwards with: one address, whatever the URL says.</summary>
internal static class UpstreamInvoker
{
    /// <param name="key">The address.</param>
    /// <param name="dialer">Opens connections to it.</param>
    /// <param name="connect">How long a connection may take to be made.</param>
    public static HttpMessageInvoker Make(UpstreamKey key, UpstreamDialer dialer, TimeSpan connect) =>
        new(new OnceHandler(MakeHandler(key, dialer, connect)));

    private static SocketsHttpHandler MakeHandler(UpstreamKey key, UpstreamDialer dialer, TimeSpan connect) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ActivityHeadersPropagator = null,

        // The connection has its own limit below; TLS on it may take as long again.
        ConnectTimeout = 2 * connect,

        // SocketsHttpHandler takes the server name from the Host header, so that the certificate's name is compared
        // here.
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                !key.Verify || IsOf(key, certificate, errors),
        },
        ConnectCallback = async (_, cancellationToken) =>
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(connect);
            try
            {
                return (await dialer.ConnectAsync(bulk: false, timeout.Token)).Stream;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new UpstreamException(FailureKind.Connect, "connect: timeout");
            }
        },
    };

    private static bool IsOf(UpstreamKey key, X509Certificate? certificate, SslPolicyErrors errors) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
        && certificate is X509Certificate2 one && one.MatchesHostname(key.ServerName ?? key.Host);
}
