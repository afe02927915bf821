using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;

namespace Meridian.Addresses;

/// <summary>
/// Says in words of our own what went wrong with a peer: the messages of the framework quote what the peer sent, which
/// belongs in no log, answer or verdict. The text is escaped and bounded.
/// </summary>
public static class ErrorText
{
    /// <summary>The most characters of a text.</summary>
    public const int MaxLength = 300;

    /// <summary>Describes why something with a peer failed, however deep the cause lies.</summary>
    public static string Of(Exception exception)
    {
        foreach (var e in Chain(exception))
        {
            if (e is SocketException socket)
                return $"connection {Of(socket.SocketErrorCode)}";
            if (e is ObjectDisposedException)
                return "connection closed";
            if (e is AuthenticationException)
                return $"tls: {MessageOf(Innermost(e))}";
        }

        foreach (var e in Chain(exception))
        {
            switch (e)
            {
                case HttpRequestException { StatusCode: { } status }:
                    return $"http: {(int)status}";
                case HttpIOException http:
                    return Of(http.HttpRequestError);
                case HttpRequestException http when !IsOfTheConnection(http.HttpRequestError):
                    return Of(http.HttpRequestError);
                case JsonException json:
                    return $"not the JSON that is wanted (line {json.LineNumber + 1})";
            }
        }

        return exception switch
        {
            HttpRequestException http => MessageOf(Innermost(http)),
            IOException => $"connection lost: {MessageOf(exception)}",
            _ => MessageOf(exception),
        };
    }

    /// <summary>Names a fault of a socket.</summary>
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

    private static string Of(HttpRequestError error) => error switch
    {
        HttpRequestError.ResponseEnded => "connection closed before the answer was whole",
        HttpRequestError.InvalidResponse => "http: not a valid answer",
        HttpRequestError.ConfigurationLimitExceeded => "http: the head of the answer is too long",
        HttpRequestError.HttpProtocolError => "http: the peer broke the rules of HTTP/2",
        HttpRequestError.VersionNegotiationError => "http: the peer does not speak HTTP/2",
        HttpRequestError.Unknown => "http: the answer cannot be read",
        _ => $"http: {error}",
    };

    // Without a connection the peer has said nothing, and what lies within says more.
    private static bool IsOfTheConnection(HttpRequestError error) =>
        error is HttpRequestError.Unknown or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError
            or HttpRequestError.NameResolutionError;

    private static IEnumerable<Exception> Chain(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
            yield return e;
    }

    private static string MessageOf(Exception e) => DisplayText.Bound(e.Message.TrimEnd('.'), MaxLength);

    private static Exception Innermost(Exception e) => e.InnerException is null ? e : Innermost(e.InnerException);
}
