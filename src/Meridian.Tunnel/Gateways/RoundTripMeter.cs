namespace Meridian.Tunnel.Gateways;

/// <summary>Measures the round trip of a tunnel by numbers that the agent sends back.</summary>
internal sealed class RoundTripMeter(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _number;
    private long _sentAt;
    private TimeSpan? _latest;

    /// <summary>The last round trip that was measured; null before the first.</summary>
    public TimeSpan? Latest
    {
        get
        {
            lock (_lock)
                return _latest;
        }
    }

    /// <summary>The number to send now, from 1. An answer to an earlier one counts no more.</summary>
    public long Start()
    {
        lock (_lock)
        {
            _sentAt = time.GetTimestamp();
            return ++_number;
        }
    }

    /// <summary>A number has come back.</summary>
    public void Receive(long number)
    {
        lock (_lock)
        {
            if (number == _number && number != 0)
                _latest = time.GetElapsedTime(_sentAt);
        }
    }
}
