using System.Net.Sockets;

namespace Meridian.Health.Probes;

/// <summary>The connection could not be made; the message is for people.</summary>
internal sealed class ConnectFailedException(SocketException cause)
    : Exception($"connect: {FailureText.Of(cause.SocketErrorCode)}", cause);
