using System.Text.Json;
using Meridian.Api.Tests.Support;
using Meridian.Model.History;

namespace Meridian.Api.Tests;

public sealed class HistoryApiTests : ApiTest
{
    private static readonly JsonSerializerOptions Compact = new(ApiJson.Options) { WriteIndented = false };
    private static readonly TimeSpan Limit = TestTime.Limit(30);

    [Theory]
    [InlineData("", 100)]
    [InlineData("?count=1", 1)]
    [InlineData("?count=0", 1)]
    [InlineData("?count=-5", 1)]
    [InlineData("?count=10000", 10_000)]
    [InlineData("?count=10001", 10_000)]
    public async Task The_history_has_one_to_ten_thousand_events(string query, int asked)
    {
        Node.Past.Add(new HistoryEvent(FakeNode.Start, "pool", "p", "pool p is down"));

        Assert.Equal(
            (200, """[{"at":"2026-01-02T03:04:05+00:00","kind":"pool","subject":"p","message":"pool p is down"}]"""),
            await Server.GetAsync($"/api/v1/history{query}"));
        Assert.Equal(new HistoryQuery(asked), Node.Asked);
    }

    [Fact]
    public async Task A_count_that_is_no_number_is_refused() =>
        Assert.Equal(400, (await Server.GetAsync("/api/v1/history?count=all")).Status);

    [Theory]
    [InlineData("", "5 4 3 2 1")]
    [InlineData("since=2026-01-02T03:04:08Z", "5 4 3")]
    [InlineData("until=2026-01-02T10:04:07%2B07:00", "2 1")]
    [InlineData("since=2026-01-02T03:04:07Z&until=2026-01-02T03:04:08Z", "3 2")]
    [InlineData("site=hanoi", "4 2")]
    [InlineData("kind=pool", "4 1")]
    [InlineData("kind=pool&site=hanoi", "4")]
    [InlineData("kind=pool&count=1", "4")]
    [InlineData("site=suva", "")]
    public async Task Events_are_asked_for_by_time_site_and_kind(string query, string found)
    {
        foreach (var (number, kind, site) in new[]
            { (5, "node", null), (4, "pool", "hanoi"), (3, "verdict", "suv"), (2, "verdict", "hanoi"),
                (1, "pool", "frankfurt") })
            Node.Past.Add(new HistoryEvent(FakeNode.Start.AddSeconds(number), kind, "x", $"{number}") { Site = site });
        using var client = Server.Client();

        var (status, text) = await Server.GetAsync($"/api/v1/history?{query}");

        Assert.Equal(200, status);
        Assert.Equal(found, string.Join(' ', JsonSerializer.Deserialize<HistoryEvent[]>(text, ApiJson.Options)!
            .Select(e => e.Message)));
        Assert.Equal(text, JsonSerializer.Serialize(await client.HistoryAsync(Node.Asked!, default),
            Compact));
    }

    [Fact]
    public async Task An_event_of_several_sites_is_found_by_each_of_them()
    {
        Node.Past.Add(new HistoryEvent(FakeNode.Start, "verdict", "x", "tcp is down")
            .About(["a", "b"], ["p"], ["hanoi", null, "hanoi", "suva"]));

        Assert.Equal((200, "[]"), await Server.GetAsync("/api/v1/history?site=han"));
        foreach (var site in new[] { "hanoi", "suva" })
            Assert.Equal((200, """[{"at":"2026-01-02T03:04:05+00:00","kind":"verdict","subject":"x","message":"tcp """
                + """is down","pool":"p","endpoints":["a","b"],"sites":["hanoi","suva"]}]"""),
                await Server.GetAsync($"/api/v1/history?site={site}"));
    }

    [Fact]
    public async Task A_kind_that_is_none_is_refused_with_a_suggestion()
    {
        using var response = await Server.Http.GetAsync("/api/v1/history?kind=pools");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.StartsWith("there is no kind of event `pools`; did you mean `pool`?; there are node, configuration,",
            await ApiServer.DetailAsync(response));
    }

    [Fact]
    public async Task Followers_are_told_that_they_are_connected_and_then_of_every_event()
    {
        using var response = await Server.Http.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoCache);
        Assert.Equal([": connected", ""], await ReadAsync(events, 2));

        Node.Report(new HistoryEvent(FakeNode.Start, "pool", "p", "two\nlines"));
        Node.Report(new HistoryEvent(FakeNode.Start, "override", "pool/p", "cleared"));

        Assert.Equal(
            [
                "event: pool",
                """data: {"at":"2026-01-02T03:04:05+00:00","kind":"pool","subject":"p","message":"two\nlines"}""",
                "",
                "event: override",
                """data: {"at":"2026-01-02T03:04:05+00:00","kind":"override","subject":"pool/p","message":"cleared"}""",
                "",
            ], await ReadAsync(events, 6));
    }

    [Fact]
    public async Task A_follower_that_disconnects_is_forgotten()
    {
        using (var response = await Server.Http.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead))
        {
            using var events = new StreamReader(await response.Content.ReadAsStreamAsync());
            await ReadAsync(events, 2);
            Node.Report(new HistoryEvent(FakeNode.Start, "pool", "p", "the follower has begun to read"));
            await ReadAsync(events, 3);
        }

        await Node.Unfollowed.Task.WaitAsync(Limit);
    }

    private static async Task<string?[]> ReadAsync(StreamReader events, int lines)
    {
        var read = new string?[lines];
        for (var i = 0; i < lines; i++)
            read[i] = await events.ReadLineAsync().WaitAsync(Limit);
        return read;
    }
}
