using System.Net;

namespace Meridian.Tunnel.Connections;

/// <summary>Where connections come from that somebody else made.</summary>
public sealed class StreamEndPoint : EndPoint
{
    public override string ToString() => "connections that stand";
}
