namespace Meridian.Tunnel.Gateways;

/// <summary>What this node has counted of an agent since its start.</summary>
public sealed class AgentRecord
{
    private long _connected;
    private long _lost;
    private long _refused;
    private long _toAgent;
    private long _fromAgent;
    private int _streams;
    private volatile RefusedTunnel? _lastRefusal;

    /// <summary>Tunnels that were opened.</summary>
    public long Connected => Volatile.Read(ref _connected);

    /// <summary>Tunnels that ended without notice.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Tunnels that were refused.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Octets of connections to services, towards the agent.</summary>
    public long ToAgent => Volatile.Read(ref _toAgent);

    /// <summary>Octets of connections to services, from the agent.</summary>
    public long FromAgent => Volatile.Read(ref _fromAgent);

    /// <summary>The latest refusal; null for none.</summary>
    public RefusedTunnel? LastRefusal => _lastRefusal;

    /// <summary>
    /// Connections to services that are in use or being opened, without those that are kept for later.
    /// </summary>
    internal int Streams => Volatile.Read(ref _streams);

    internal void RecordOpening() => Interlocked.Increment(ref _connected);

    /// <param name="isExpected">Whether either end said before that the tunnel would end.</param>
    internal void RecordEnd(bool isExpected)
    {
        if (!isExpected)
            Interlocked.Increment(ref _lost);
    }

    internal void RecordRefusal(RefusedTunnel refusal)
    {
        Interlocked.Increment(ref _refused);
        _lastRefusal = refusal;
    }

    internal void RecordSent(int octets) => Interlocked.Add(ref _toAgent, octets);

    internal void RecordReceived(int octets) => Interlocked.Add(ref _fromAgent, octets);

    /// <summary>Counts one more connection to a service where there may be one more, in one step.</summary>
    internal bool TryReserveStream(int limit)
    {
        while (true)
        {
            var streams = Volatile.Read(ref _streams);
            if (streams >= limit)
                return false;
            if (Interlocked.CompareExchange(ref _streams, streams + 1, streams) == streams)
                return true;
        }
    }

    /// <summary>Counts a connection again that was kept for later, whatever the limit: it exists already.</summary>
    internal void ReserveKeptStream() => Interlocked.Increment(ref _streams);

    /// <summary>A connection to a service has ended, or is kept for later.</summary>
    internal void ReleaseStream() => Interlocked.Decrement(ref _streams);
}
