using Meridian.Dns.Zones;

namespace Meridian.Dns.Sockets;

/// <summary>The zones that are being served. One writer swaps them; each query reads the reference once.</summary>
public sealed class ZoneHolder
{
    private volatile ZoneSet _current = ZoneSet.Empty;

    public ZoneSet Current
    {
        get => _current;
        set => _current = value;
    }
}
