using Meridian.Dns.Answering;
using Meridian.Dns.Cookies;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Answering;

/// <summary>Whatever room there is for a response, what is written is whole, or says that it is not.</summary>
public sealed class RoomTests
{
    private static readonly ZoneSet Plain = new([TestZones.Build("example.org", Text)]);
    private static readonly ZoneSet Signed = new([TestZones.Signed("example.org", Text)]);

    private const string Text = TestZones.Example + """

        big TXT "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
        big MX 10 www
        many A 192.0.2.1
        many A 192.0.2.2
        many A 192.0.2.3
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_size_of_buffer_gets_a_whole_response_or_a_truncated_one(bool signed)
    {
        var responder = new Responder(new ResponderOptions { Nsid = "node", Cookies = CookieJar.Random() });
        var buffer = new byte[1232];
        foreach (var (name, type) in (IEnumerable<(string, RecordType)>)
            [("www", RecordType.A), ("big", RecordType.TXT), ("big", RecordType.MX), ("many", RecordType.A), ("chain", RecordType.A), ("x.moved", RecordType.A),
             ("nothing", RecordType.A), ("www", RecordType.SRV), ("x.sub", RecordType.A), ("sub", RecordType.DS), ("x.wild", RecordType.A), ("www", RecordType.ANY), ("big", RecordType.ANY)])
        {
            var query = new QueryBuilder($"{name}.example.org", type) { DnssecOk = signed }
                .Option(3).Option(10, 1, 2, 3, 4, 5, 6, 7, 8).Subnet("198.51.100.0", 24).Build();
            var whole = Ask(query, 1232);
            for (var size = query.Length + 100; size < 1232; size += 3)
            {
                var reply = Ask(query, size);
                Assert.True(reply.Length <= size);
                if (!reply.Truncated)
                    Assert.Equal(whole.Answer, reply.Answer);
                else
                    Assert.Empty(reply.Answer);
            }
        }

        Reply Ask(byte[] query, int size)
        {
            var summary = responder.Respond(signed ? Signed : Plain, query, buffer.AsSpan(0, size), new Requester([192, 0, 2, 1], Transport.Udp, 1, DateTimeOffset.UtcNow));
            return Reply.Parse(buffer.AsSpan(0, summary.Length));
        }
    }

    [Fact]
    public void A_response_over_the_rate_limit_keeps_its_question_and_says_that_it_is_cut()
    {
        foreach (var (_, query, _) in QueryCorpusTests.Lines())
        {
            var response = Asking.Send(query);
            if (response.Length == 0)
                continue;
            var before = Reply.Parse(response);
            var after = Reply.Parse(response.AsSpan(0, TruncatedResponse.Make(response)));
            Assert.True(after.Truncated);
            Assert.Empty(after.Answer);
            Assert.Equal((before.Id, before.Question), (after.Id, after.Question));
        }
    }
}
