using Meridian.Api.Tests.Support;
using Meridian.Model.History;

namespace Meridian.Api.Tests;

public sealed class HistoryApiTests : ApiTest
{
    private static readonly TimeSpan Limit = TestTime.Limit(30);

    [Theory]
    [InlineData("", 100)]
    [InlineData("?count=1", 1)]
    [InlineData("?count=0", 1)]
    [InlineData("?count=-5", 1)]
    [InlineData("?count=1000", 1000)]
    [InlineData("?count=1001", 1000)]
    public async Task The_history_has_one_to_a_thousand_events(string query, int asked)
    {
        Node.Past.Add(new HistoryEvent(FakeNode.Start, "pool", "p", "pool p is down"));

        Assert.Equal(
            (200, """[{"at":"2026-01-02T03:04:05+00:00","kind":"pool","subject":"p","message":"pool p is down"}]"""),
            await Server.GetAsync($"/api/v1/history{query}"));
        Assert.Equal(asked, Node.AskedCount);
    }

    [Fact]
    public async Task A_count_that_is_no_number_is_refused() =>
        Assert.Equal(400, (await Server.GetAsync("/api/v1/history?count=all")).Status);

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
