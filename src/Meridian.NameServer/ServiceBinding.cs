using System.Text;
using Meridian.Model.Resources;

namespace Meridian.NameServer;

/// <summary>
/// The parameters of an endpoint's HTTPS record besides addresses, which are the same for every client.
/// </summary>
internal sealed class ServiceBinding
{
    private readonly byte[] _alpn;
    private readonly int? _port;

    public ServiceBinding(EndpointHttps https)
    {
        Hints = https.Hints;
        _port = https.Port;
        _alpn = [.. https.Alpn.SelectMany(a => (IEnumerable<byte>)[(byte)a.Length, .. Encoding.ASCII.GetBytes(a)])];
    }

    public bool Hints { get; }

    /// <summary>
    /// Writes priority, target and the parameters before the hints, in the order of their keys (RFC 9460 section 2.2).
    /// </summary>
    public void Begin(ref ServiceBindingWriter writer)
    {
        // Priority 1 and the owner itself as target: ServiceMode.
        writer.Add([0, 1, 0]);
        if (_alpn.Length > 0)
        {
            writer.Begin(ServiceBindingWriter.Alpn);
            writer.Add(_alpn);
            writer.End();
        }

        if (_port is not { } port)
            return;
        writer.Begin(ServiceBindingWriter.Port);
        writer.Add([(byte)(port >> 8), (byte)port]);
        writer.End();
    }
}
