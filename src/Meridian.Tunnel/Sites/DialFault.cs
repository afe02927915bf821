using System.Net.Sockets;
using System.Security.Authentication;
using Meridian.Addresses;

namespace Meridian.Tunnel.Sites;

/// <summary>Why a connection could not be made, in the words of whatever lies deepest.</summary>
internal static class DialFault
{
    /// <summary>The fault of the proxy that lies within a fault; null where the proxy has done its part.</summary>
    public static DialException? OfProxy(Exception e) =>
        e as DialException ?? (e.InnerException is { } inner ? OfProxy(inner) : null);

    public static string TextOf(Exception e) => e switch
    {
        DialException => e.Message,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound } => "this name cannot be resolved",
        AuthenticationException => $"TLS: {e.InnerException?.Message ?? e.Message}",
        HttpRequestException { InnerException: not (SocketException or AuthenticationException or DialException) } =>
            ErrorText.Of(e),
        _ when e.InnerException is SocketException or AuthenticationException or HttpRequestException
            or DialException => TextOf(e.InnerException),
        _ => e.Message,
    };
}
