using System.Net.Sockets;
using Meridian.Addresses;

namespace Meridian.Health.Probes;

/// <summary>The connection could not be made; the message is for people.</summary>
internal sealed class ConnectFailedException(SocketException cause)
    : Exception($"connect: {ErrorText.Of(cause.SocketErrorCode)}", cause);
