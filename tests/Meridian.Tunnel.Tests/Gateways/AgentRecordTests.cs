using Meridian.Tunnel.Gateways;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class AgentRecordTests
{
    private readonly AgentRecord _record = new();

    [Fact]
    public void Of_many_at_once_no_more_connections_are_reserved_than_the_limit()
    {
        var reserved = 0;
        Parallel.For(0, 10_000, _ =>
        {
            if (_record.TryReserveStream(100))
                Interlocked.Increment(ref reserved);
        });
        Assert.Equal((100, 100), (reserved, _record.Streams));
        _record.ReleaseStream();
        Assert.True(_record.TryReserveStream(100));
        Assert.False(_record.TryReserveStream(100));
    }

    [Fact]
    public void A_connection_that_was_kept_is_counted_again_whatever_the_limit()
    {
        Assert.True(_record.TryReserveStream(1));
        _record.ReserveKeptStream();
        Assert.Equal(2, _record.Streams);
        _record.ReleaseStream();
        Assert.False(_record.TryReserveStream(1));
    }

    [Fact]
    public void A_tunnel_that_was_expected_to_end_is_not_lost()
    {
        _record.RecordEnd(isExpected: true);
        Assert.Equal(0, _record.Lost);
        _record.RecordEnd(isExpected: false);
        Assert.Equal(1, _record.Lost);
    }
}
