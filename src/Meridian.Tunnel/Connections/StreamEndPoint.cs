using System.Net;

namespace Meridian.Tunnel.Connections;

/// <summary>
/// The end point of a <see cref="StreamListener"/>: no address, as its connections are made elsewhere.
/// </summary>
internal sealed class StreamEndPoint : EndPoint
{
    public override string ToString() => "connections made elsewhere";
}
