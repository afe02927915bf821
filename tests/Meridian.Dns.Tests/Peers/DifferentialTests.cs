using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Peers;

/// <summary>
/// The same queries to Meridian and to another server with the same zone: no difference is allowed in what
/// <see cref="Describe"/> tells. Left out of it, because servers are free there: the order of records, NS records beside a
/// positive answer, and additional records other than glue.
/// </summary>
public sealed class DifferentialTests
{
    private const int Queries = 4000;

    private static readonly string[] Labels =
        ["www", "WwW", "alias", "chain", "away", "dangling", "a", "deep", "empty", "wild", "host", "sub", "ns", "ns1", "moved", "inner",
         "_sip", "_tcp", "caa", "odd", "mail", "cwild", "nothing", "x", "*"];

    private static readonly RecordType[] Types =
        [RecordType.A, RecordType.AAAA, RecordType.NS, RecordType.SOA, RecordType.CNAME, RecordType.MX, RecordType.TXT, RecordType.SRV,
         RecordType.DS, RecordType.CAA, RecordType.DNAME, (RecordType)65280, RecordType.PTR, RecordType.HTTPS];

    [Theory]
    [InlineData("knotd")]
    [InlineData("nsd")]
    public async Task Answers_thousands_of_queries_as_the_peer_does(string program)
    {
        Assert.SkipWhen(PeerServer.Find(program) is null, $"{program} is not installed; on Debian: apt-get install {program.TrimEnd('d')}");
        await using var peer = await PeerServer.StartAsync(program, "example.org", TestZones.Example);
        var random = new Random(20261123);
        var differences = new List<string>();
        for (var i = 0; i < Queries && differences.Count < 10; i++)
        {
            var query = Generate(random);
            var ours = Reply.Parse(Asking.Send(query));
            var answer = await peer.AskAsync(query) ?? await peer.AskAsync(query);
            Assert.NotNull(answer);
            var theirs = Reply.Parse(answer);
            if (Describe(ours) != Describe(theirs))
                differences.Add($"{Convert.ToHexString(query)}\n{ours.Question}\n  ours:   {Describe(ours)}\n  theirs: {Describe(theirs)}");
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    // What a resolver acts on: code, authority bit, the answer in its order of names, and the authority section of
    // answers that hold nothing else.
    private static string Describe(Reply reply)
    {
        var authority = reply.Answer.Count == 0 || reply.Code == 3 || !reply.Authoritative ? reply.Authority : [];
        var glue = reply.Answer.Count == 0 && !reply.Authoritative ? reply.Additional : [];
        return $"rcode {reply.Code} aa {reply.Authoritative} tc {reply.Truncated} opt {reply.HasOpt} | {Join(reply.Answer)} | {Join(authority)} | {Join(glue)}";

        static string Join(IEnumerable<string> records) => string.Join("; ", records.Select(r => r.ToLowerInvariant()).Order(StringComparer.Ordinal));
    }

    private static byte[] Generate(Random random)
    {
        var labels = Enumerable.Range(0, random.Next(0, 5)).Select(_ => Labels[random.Next(Labels.Length)]);
        var origin = random.Next(20) == 0 ? "example.net" : random.Next(5) == 0 ? "EXAMPLE.org" : "example.org";
        var known = (string[])["a.deep.empty", "host.wild", "sub.host.wild", "x.cwild", "host.sub", "_sip._tcp", "x.y.wild", "x.moved", "x.inner"];
        var prefix = random.Next(3) == 0 ? known[random.Next(known.Length)] : string.Join('.', labels);
        var query = new QueryBuilder(prefix.Length == 0 ? origin : $"{prefix}.{origin}", Types[random.Next(Types.Length)])
        {
            Id = (ushort)random.Next(65536),
            Flags = (ushort)(random.Next(2) == 0 ? 0x0100 : 0),
            Edns = random.Next(2) == 0,
        };
        return query.Build();
    }
}
