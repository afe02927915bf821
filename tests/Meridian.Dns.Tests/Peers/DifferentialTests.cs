using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Peers;

/// <summary>
/// The same queries to Meridian and to another server with the same zone: no difference is allowed in what
/// <see cref="Describe"/> tells. Left out of it, because servers are free there:
/// <list type="bullet">
/// <item>the order of records in a section (RFC 1034 section 3.6);</item>
/// <item>NS records beside a positive answer (RFC 1034 section 6.2.1 shows them, RFC 9471 does not ask for
/// them);</item>
/// <item>additional records other than glue (RFC 1034 section 4.3.2 step 6: useful, not needed);</item>
/// <item>of a signed zone, the keys and the octets of signatures (RFC 6605: ECDSA draws a random number), and how
/// absence is proved: compact denial (RFC 9824) answers NOERROR where a chain of NSEC answers NXDOMAIN.</item>
/// </list>
/// <c>MERIDIAN_DIFFERENTIAL_QUERIES</c> sets the number of queries; 100,000 by default.
/// </summary>
public sealed class DifferentialTests
{
    private static readonly int Queries =
        int.TryParse(Environment.GetEnvironmentVariable("MERIDIAN_DIFFERENTIAL_QUERIES"), out var count)
        ? count : 100_000;

    private static readonly string[] Labels =
        ["www", "WwW", "alias", "chain", "away", "dangling", "a", "deep", "empty", "wild", "host", "sub", "ns", "ns1",
            "moved", "inner",
         "_sip", "_tcp", "caa", "odd", "mail", "cwild", "nothing", "x", "*"];

    private static readonly RecordType[] Types =
        [RecordType.A, RecordType.AAAA, RecordType.NS, RecordType.SOA, RecordType.CNAME, RecordType.MX, RecordType.TXT,
            RecordType.SRV,
         RecordType.DS, RecordType.CAA, RecordType.DNAME, (RecordType)65280, RecordType.PTR, RecordType.HTTPS];

    [Theory]
    [InlineData("knotd", false)]
    [InlineData("nsd", false)]
    [InlineData("knotd", true)]
    public async Task Answers_a_hundred_thousand_queries_as_the_peer_does(string program, bool signed)
    {
        Assert.SkipWhen(!Run.Has(program),
            $"{program} is not installed; on Debian: apt-get install {program.TrimEnd('d')}");
        await using var peer = await PeerServer.StartAsync(program, "example.org", TestZones.Example, signed);
        var zones = signed ? new ZoneSet([TestZones.Signed("example.org", TestZones.Example)]) : TestZones.ExampleSet;
        using var client = peer.Connect();
        var random = new Random(20261123);
        var differences = new List<string>();
        var signatures = 0;
        for (var i = 0; i < Queries && differences.Count < 10; i++)
        {
            var query = Generate(random);
            var ours = Reply.Parse(Asking.Send(query, zones));
            var answer = await client.AskAsync(query) ?? await client.AskAsync(query);
            Assert.NotNull(answer);
            var theirs = Reply.Parse(answer);
            signatures += theirs.Answer.Count(r => r.Contains(" RRSIG ", StringComparison.Ordinal));
            if (Describe(ours, signed) != Describe(theirs, signed))
                differences.Add($"{Convert.ToHexString(query)}\n{ours.Question}\n"
                    + $"  ours:   {Describe(ours, signed)}\n  theirs: {Describe(theirs, signed)}");
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
        Assert.Equal(signed, signatures > 0);
    }

    // What a resolver acts on: code, authority bit, the answer in its order of names, and the authority section of
    // answers that hold nothing else.
    private static string Describe(Reply reply, bool signed)
    {
        var negative = reply.Authoritative && reply.Answer.All(r => IsAlias(r));
        var code = signed && negative && reply.Code == 3 ? 0 : reply.Code;
        var authority = reply.Answer.Count == 0 || reply.Code == 3 || !reply.Authoritative ? reply.Authority : [];
        if (signed && negative)
            authority = [];
        var glue = reply.Answer.Count == 0 && !reply.Authoritative ? reply.Additional : [];
        return $"rcode {code} aa {reply.Authoritative} tc {reply.Truncated} opt {reply.HasOpt} do {reply.DnssecOk}"
            + $" | {Join(reply.Answer)} | {Join(authority)} | {Join(glue)}";

        static bool IsAlias(string record) =>
            record.Contains(" CNAME ", StringComparison.Ordinal) || record.Contains(" DNAME ", StringComparison.Ordinal)
            || record.Contains(" RRSIG ", StringComparison.Ordinal);

        string Join(IEnumerable<string> records) =>
            string.Join("; ", records.Select(r => Comparable(r)).Order(StringComparer.Ordinal));

        // Of a signature, what it covers; of an NSEC at a cut, that it is there.
        static string Comparable(string record)
        {
            var words = record.ToLowerInvariant().Split(' ');
            return words[2] switch
            {
                "rrsig" => $"{words[0]} rrsig {words[3][..4]}",
                "nsec" => $"{words[0]} nsec",
                _ => record.ToLowerInvariant(),
            };
        }
    }

    private static byte[] Generate(Random random)
    {
        var labels = Enumerable.Range(0, random.Next(0, 5)).Select(_ => Labels[random.Next(Labels.Length)]);
        var origin = random.Next(20) == 0 ? "example.net" : random.Next(5) == 0 ? "EXAMPLE.org" : "example.org";
        var known = (string[])["a.deep.empty", "host.wild", "sub.host.wild", "x.cwild", "host.sub", "_sip._tcp",
            "x.y.wild", "x.moved", "x.inner"];
        var prefix = random.Next(3) == 0 ? known[random.Next(known.Length)] : string.Join('.', labels);
        var query = new QueryBuilder(prefix.Length == 0 ? origin : $"{prefix}.{origin}",
            Types[random.Next(Types.Length)])
        {
            Id = (ushort)random.Next(65536),
            Flags = (ushort)(random.Next(2) == 0 ? 0x0100 : 0),
            Edns = random.Next(2) == 0,
            Payload = (ushort)(random.Next(4) == 0 ? 4096 : 1232),
            DnssecOk = random.Next(3) == 0,
        };
        return (random.Next(10) == 0 ? query.Option(3) : random.Next(10) == 0 ? query.Option(65001, 1, 2, 3) : query)
            .Build();
    }
}
