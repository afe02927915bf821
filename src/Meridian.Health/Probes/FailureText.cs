using System.Net.Sockets;
using System.Security.Authentication;

namespace Meridian.Health.Probes;

/// <summary>Describes for people why a probe failed.</summary>
internal static class FailureText
{
    public static string Of(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case TlsRefusedException tls:
                    return tls.Message;
                case ConnectFailedException connect:
                    return connect.Message;
                case SocketException socket:
                    return $"connection {Of(socket.SocketErrorCode)}";
                case AuthenticationException:
                    return $"tls: {Innermost(e).Message.TrimEnd('.')}";
            }
        }

        return exception switch
        {
            HttpRequestException http => Of(http),
            IOException => $"connection lost: {exception.Message.TrimEnd('.')}",
            _ => exception.Message.TrimEnd('.'),
        };
    }

    public static string Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "refused",
        SocketError.ConnectionReset or SocketError.ConnectionAborted => "reset by the peer",
        SocketError.HostUnreachable => "host unreachable",
        SocketError.NetworkUnreachable => "network unreachable",
        SocketError.TimedOut => "timed out",
        SocketError.HostNotFound or SocketError.NoData => "name not found",
        SocketError.AddressNotAvailable => "address not available",
        SocketError.TooManyOpenSockets => "failed: too many open files on this node",
        _ => $"failed: {error}",
    };

    // The framework's messages quote what the peer sent, which belongs in no log.
    private static string Of(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.ResponseEnded => "connection closed before the answer was whole",
        HttpRequestError.InvalidResponse => "http: not a valid answer",
        HttpRequestError.ConfigurationLimitExceeded => "http: the head of the answer is too long",
        HttpRequestError.HttpProtocolError => "http: the peer broke the rules of HTTP/2",
        HttpRequestError.VersionNegotiationError => "http: the peer does not speak HTTP/2",
        HttpRequestError.Unknown => Innermost(exception).Message.TrimEnd('.'),
        _ => $"http: {exception.HttpRequestError}",
    };

    private static Exception Innermost(Exception e) => e.InnerException is null ? e : Innermost(e.InnerException);
}
