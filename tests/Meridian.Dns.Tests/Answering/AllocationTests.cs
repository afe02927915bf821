using Meridian.Dns.Answering;
using Meridian.Dns.Cookies;
using Meridian.Dns.Limiting;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Answering;

/// <summary>Allocated octets per operation, held at none.</summary>
public sealed class AllocationTests
{
    private static readonly ZoneSet Signed = new([TestZones.Signed("example.org", TestZones.Example)]);

    [Theory]
    [InlineData("www.example.org", RecordType.A)]
    [InlineData("nothing.example.org", RecordType.A)]
    [InlineData("www.example.org", RecordType.TXT)]
    [InlineData("chain.example.org", RecordType.A)]
    [InlineData("x.sub.example.org", RecordType.A)]
    [InlineData("sub.example.org", RecordType.DS)]
    [InlineData("mail.example.org", RecordType.ANY)]
    [InlineData("x.inner.example.org", RecordType.TXT)]
    public void A_query_whose_signatures_are_kept_allocates_no_bytes(string name, RecordType type)
    {
        var responder = new Responder(new ResponderOptions { Cookies = CookieJar.Random() });
        var limiter = new RateLimiter(new RateLimit { PerSecond = 1_000_000 }, 1);
        var query = new QueryBuilder(name, type) { DnssecOk = true }.Option(10, 1, 2, 3, 4, 5, 6, 7, 8).Build();
        var response = new byte[1232];
        var now = DateTimeOffset.UtcNow;
        Run(200);

        // A collection that another test causes charges this thread with the rest of its allocation context, so that
        // one round can count what nobody allocated. A query that allocates does so in every round.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(1000);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));

        void Run(int count)
        {
            for (var i = 0UL; i < (ulong)count; i++)
            {
                var summary = responder.Respond(Signed, query, response,
                    new Requester([192, 0, 2, 1], Transport.Udp, i, now));
                Assert.True(summary.Length > 12);
                limiter.Judge([192, 0, 2, 1], summary.RateLimitKey, now);
            }
        }
    }
}
