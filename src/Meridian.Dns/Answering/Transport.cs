namespace Meridian.Dns.Answering;

/// <summary>What a query came by.</summary>
public enum Transport
{
    Udp,
    Tcp,
}
