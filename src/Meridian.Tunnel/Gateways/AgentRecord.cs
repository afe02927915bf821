namespace Meridian.Tunnel.Gateways;

/// <summary>What has happened with an agent at this node since its start.</summary>
public sealed class AgentRecord
{
    private long _connected;
    private long _lost;
    private long _refused;
    private long _toAgent;
    private long _fromAgent;
    private volatile RefusedTunnel? _lastRefusal;

    /// <summary>Tunnels that were opened.</summary>
    public long Connected => Volatile.Read(ref _connected);

    /// <summary>Tunnels that ended without a word before.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Tunnels that were refused.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Octets of connections to services, towards the agent.</summary>
    public long ToAgent => Volatile.Read(ref _toAgent);

    /// <summary>Octets of connections to services, from the agent.</summary>
    public long FromAgent => Volatile.Read(ref _fromAgent);

    /// <summary>The latest refusal; null for none.</summary>
    public RefusedTunnel? LastRefusal => _lastRefusal;

    internal void Opened() => Interlocked.Increment(ref _connected);

    internal void Ended(bool told)
    {
        if (!told)
            Interlocked.Increment(ref _lost);
    }

    internal void Refuse(RefusedTunnel refusal)
    {
        Interlocked.Increment(ref _refused);
        _lastRefusal = refusal;
    }

    internal void Sent(int octets) => Interlocked.Add(ref _toAgent, octets);

    internal void Received(int octets) => Interlocked.Add(ref _fromAgent, octets);
}
