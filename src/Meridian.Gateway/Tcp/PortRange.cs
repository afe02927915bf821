using System.Globalization;
using System.Net;
using Meridian.Addresses;

namespace Meridian.Gateway.Tcp;

/// <summary>TCP ports of an address that endpoints may ask for.</summary>
/// <param name="Address">The address that is listened at.</param>
/// <param name="First">The lowest port.</param>
/// <param name="Last">The highest port.</param>
public sealed record PortRange(IPAddress Address, int First, int Last)
{
    /// <summary>Reads <c>0.0.0.0:22000-22999</c> or <c>[::]:22022</c>.</summary>
    /// <returns>Null for what is no such range.</returns>
    public static PortRange? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !EndPointText.TryReadHost(text.AsSpan(0, colon), out var address))
            return null;
        var ports = text[(colon + 1)..].Split('-');
        return ports.Length <= 2 && Port(ports[0]) is { } first && Port(ports[^1]) is { } last
            && first <= last ? new PortRange(address, first, last) : null;
    }

    public bool Contains(int port) => port >= First && port <= Last;

    public override string ToString() => $"{new IPEndPoint(Address, First)}{(First == Last ? "" : $"-{Last}")}";

    private static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port is > 0 and <= 65535 ? port : null;
}
