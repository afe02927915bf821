using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Answering;

/// <summary>
/// An answer that was made ready has the same octets as one that is put together when it is asked for.
/// </summary>
public sealed class ReadyAnswerTests
{
    [Fact]
    public void Every_record_set_is_answered_alike_ready_or_not()
    {
        var zone = TestZones.Build("example.org", TestZones.Example);
        foreach (var node in zone.Nodes.Where(n => n.IsAuthoritative))
        {
            for (var i = 0; i < node.Sets.Length; i++)
            {
                var query = new QueryBuilder(node.Name.ToString(), node.Sets[i].Type) { Edns = true }.Build();
                Assert.Equal(node.ReadyPlain(i) is not null, node.Sets[i].Data.Length > 0);
                Assert.Equal(Convert.ToHexString(SendWithoutReady(query)), Convert.ToHexString(Asking.Send(query)));
            }
        }
    }

    [Theory]
    [InlineData("nothing.example.org", RecordType.A)]
    [InlineData("a.name.that.is.rather.long.nothing.example.org", RecordType.A)]
    [InlineData("x.example.org", RecordType.TXT)]
    [InlineData("www.example.org", RecordType.TXT)]
    [InlineData("NoThInG.ExAmPlE.oRg", RecordType.MX)]
    public void Negative_answers_are_alike_whatever_the_length_of_the_name(string name, RecordType type)
    {
        var query = new QueryBuilder(name, type).Build();
        Assert.Equal(Convert.ToHexString(SendWithoutReady(query)), Convert.ToHexString(Asking.Send(query)));
        var reply = Reply.Parse(Asking.Send(query));
        Assert.Equal("example.org. 30 SOA ns1.example.org. hostmaster.example.org.", Assert.Single(reply.Authority),
            ignoreCase: true);
    }

    // A zone of its own whose ready answers are taken away.
    private static byte[] SendWithoutReady(byte[] query)
    {
        var zone = TestZones.Build("example.org", TestZones.Example);
        foreach (var node in zone.Nodes)
            node.Ready = [];
        zone.WithoutReady();
        return Asking.Send(query, new Dns.Zones.ZoneSet([zone]));
    }
}
