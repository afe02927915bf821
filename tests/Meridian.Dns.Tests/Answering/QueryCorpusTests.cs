using Meridian.Dns.Answering;
using Meridian.Dns.Cookies;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Answering;

/// <summary>
/// Hand-made queries, sound and broken, each with its right outcome: <c>Corpus/queries.tsv</c> has outcome, octets, and
/// what it is. They are a seed for the fuzzers too.
/// </summary>
public sealed class QueryCorpusTests
{
    private static readonly Responder Responder = new(new ResponderOptions { Cookies = CookieJar.Random() });

    [Fact]
    public void Every_hand_made_query_gets_its_right_outcome()
    {
        var cases = Lines().ToArray();
        Assert.True(cases.Length >= 200);
        var wrong = cases.Select(c => (c.What, c.Outcome, Got: OutcomeOf(c.Query))).Where(c => c.Outcome != c.Got)
            .Select(c => $"{c.What}: wanted {c.Outcome}, got {c.Got}").ToArray();
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void No_response_to_them_is_larger_than_what_the_client_allows()
    {
        foreach (var (_, query, what) in Lines())
        {
            var response = Asking.Send(query);
            Assert.True(response.Length <= 1232, what);

            // A response that is an error gives nobody a lever.
            if (response.Length > 0 && (response[3] & 0xF) != 0 && (response[3] & 0xF) != 3)
                Assert.True(response.Length <= query.Length + 40, $"{what}: {response.Length} for {query.Length}");
        }
    }

    internal static IEnumerable<(string Outcome, byte[] Query, string What)> Lines() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Corpus", "queries.tsv")).Select(l => l.Split('\t'))
            .Select(p => (p[0], Convert.FromHexString(p[1]), p[2]));

    private static string OutcomeOf(byte[] query)
    {
        var response = new byte[Responder.MaxResponse];
        var summary = Responder.Respond(TestZones.ExampleSet, query, response,
            new Requester([198, 51, 100, 7], Transport.Udp, 1, DateTimeOffset.UnixEpoch));
        if (summary.Length == 0)
            return "silence";
        var reply = Reply.Parse(response.AsSpan(0, summary.Length));
        return ((ResponseCode)reply.Code).ToString().ToUpperInvariant();
    }
}
