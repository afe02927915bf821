using System.Collections.Concurrent;
using System.Net;
using Meridian.Dns.Serving;
using Meridian.Dns.Transfers;
using Meridian.Dns.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Dns.Tests.Transfers;

public sealed class SecondaryZoneTests
{
    [Fact]
    public async Task A_fault_of_the_program_in_a_refresh_does_not_end_the_following_of_a_zone()
    {
        var time = new FakeTimeProvider();
        var log = new ConcurrentQueue<string>();
        var asked = 0;
        var primary = new Peer(new IPEndPoint(IPAddress.Loopback, 1), DnsName.Parse("key"));
        await using var zone = new SecondaryZone(DnsName.Parse("example.org"), [primary],
            _ => Interlocked.Increment(ref asked) > 0 ? throw new InvalidOperationException("bug") : null,
            [], default, time, _ => { }, _ => { }, log.Enqueue);

        await Wait.UntilAsync(() => !log.IsEmpty, () => $"asked {asked} times");
        Assert.Equal("zone example.org.: a refresh has failed and is tried again: bug", log.First());
        await Wait.PassUntilAsync(() => time.Advance(TimeSpan.FromSeconds(1)), () => Volatile.Read(ref asked) > 1,
            () => string.Join('\n', log));
        Assert.False(zone.IsStalled);
    }
}
