using System.Text.Json.Nodes;
using Meridian.Kubernetes.Tests.Support;
using Meridian.Kubernetes.Writing;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Kubernetes.Tests.Writing;

public sealed class WritingTests(RealServer real)
{
    [Fact]
    public void The_transition_time_says_when_the_status_changed_and_not_when_the_words_did()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var first = Conditions.Write([new Condition("Ready", true, "Up", "2 of 2")], null, 1, time.GetUtcNow());
        time.Advance(TimeSpan.FromMinutes(1));
        var second = Conditions.Write([new Condition("Ready", true, "Up", "1 of 2")], first, 2, time.GetUtcNow());
        Assert.Equal("2026-01-01T00:00:00Z", (string?)second[0]!["lastTransitionTime"]);
        Assert.Equal(2, (long)second[0]!["observedGeneration"]!);
        time.Advance(TimeSpan.FromMinutes(1));
        var third = Conditions.Write([new Condition("Ready", false, "Down", "0 of 2"),
            new Condition("Fresh", null, "Unknown", "")], second, 2, time.GetUtcNow());
        Assert.Equal(["2026-01-01T00:02:00Z", "2026-01-01T00:02:00Z"],
            third.Select(c => (string?)c!["lastTransitionTime"]));
        Assert.Equal("Unknown", (string?)third[1]!["status"]);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Apply_keeps_what_others_wrote_and_removes_what_it_wants_no_more(string server)
    {
        await using var place = await TestServer.OpenAsync(server, real);
        await place.Client.ApplyAsync(ApiResources.ConfigMaps, place.Key("shared"), Data(("ours", "1"), ("also", "1")),
            "meridian", default);
        await place.Client.MergeAsync(ApiResources.ConfigMaps, place.Key("shared"), Data(("theirs", "1")), default);
        var after = await place.Client.ApplyAsync(ApiResources.ConfigMaps, place.Key("shared"), Data(("ours", "2")),
            "meridian", default);
        Assert.Equal(["ours=2", "theirs=1"], after["data"]!.AsObject().Select(p => $"{p.Key}={p.Value}").Order());
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_write_of_an_object_that_changed_meanwhile_is_a_conflict(string server)
    {
        await using var place = await TestServer.OpenAsync(server, real);
        var read = await place.CreateAsync("a", "1");
        await place.ChangeAsync("a", "2");
        read["data"]!["value"] = "3";
        var conflict = await Assert.ThrowsAsync<ApiException>(() =>
            place.Client.ReplaceAsync(ApiResources.ConfigMaps, place.Key("a"), read, default));
        Assert.True(conflict.IsConflict);
        var there = await Assert.ThrowsAsync<ApiException>(() => place.CreateAsync("a", "1"));
        Assert.False(there.IsConflict);
        Assert.Equal("AlreadyExists", there.Reason);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_finalizer_holds_an_object_until_it_is_removed(string server)
    {
        const string Finalizer = "meridian.dev/test";
        await using var place = await TestServer.OpenAsync(server, real);
        var held = await Finalizers.AddAsync(place.Client, ApiResources.ConfigMaps,
            await place.CreateAsync("held", "1"), Finalizer, default);
        Assert.True(Finalizers.Has(held, Finalizer));
        await place.DeleteAsync("held");
        var going = await place.Client.FindAsync(ApiResources.ConfigMaps, place.Key("held"), default);
        Assert.True(Finalizers.IsGoing(going!));
        // read too early
        await Assert.ThrowsAsync<ApiException>(() =>
            Finalizers.RemoveAsync(place.Client, ApiResources.ConfigMaps, held, Finalizer, default));
        await Finalizers.RemoveAsync(place.Client, ApiResources.ConfigMaps, going!, Finalizer, default);
        Assert.Null(await place.Client.FindAsync(ApiResources.ConfigMaps, place.Key("held"), default));
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Deleting_by_uid_deletes_only_that_one(string server)
    {
        await using var place = await TestServer.OpenAsync(server, real);
        var old = await place.CreateAsync("a", "1");
        await place.DeleteAsync("a");
        await place.CreateAsync("a", "2");
        await Assert.ThrowsAsync<ApiException>(() =>
            place.Client.DeleteAsync(ApiResources.ConfigMaps, place.Key("a"), (string)old["metadata"]!["uid"]!,
                default));
        Assert.NotNull(await place.Client.FindAsync(ApiResources.ConfigMaps, place.Key("a"), default));
        await place.Client.DeleteAsync(ApiResources.ConfigMaps, place.Key("never"), null, default);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task The_same_event_again_is_counted_and_a_storm_of_others_is_cut(string server)
    {
        await using var place = await TestServer.OpenAsync(server, real);
        await using var recorder = new EventRecorder(place.Client, "meridian.dev/test", "node-1", TimeProvider.System);
        for (var i = 0; i < 3; i++)
            recorder.Record(ApiResources.ConfigMaps, place.Key("a"), null, warning: true, "Refused", "Check",
                "it has a fault");
        for (var i = 0; i < 2 * EventRecorder.MaxPerObject; i++)
            recorder.Record(ApiResources.ConfigMaps, place.Key("b"), null, warning: false, "Changed", "Check",
                $"change {i}");
        recorder.Record(ApiResources.ConfigMaps, place.Key("c"), null, warning: false, "Last", "Check", "the end");

        JsonNode[] events = [];
        await Wait.UntilAsync(async () =>
        {
            using var list = await place.Client.ListAsync(ApiResources.Events, place.Namespace, "", default);
            events = [.. JsonNode.Parse(list.RootElement.GetRawText())!["items"]!.AsArray().Select(e => e!)];
            return events.Any(e => (string?)e["reason"] == "Last");
        }, () => string.Join('\n', events.Select(e => e.ToJsonString())), seconds: 30);

        var refused = Assert.Single(events, e => (string?)e["reason"] == "Refused");
        Assert.Equal(3, (int)refused["series"]!["count"]!);
        Assert.Equal("Warning", (string?)refused["type"]);
        Assert.Equal("a", (string?)refused["regarding"]!["name"]);
        Assert.Equal(EventRecorder.MaxPerObject, events.Count(e => (string?)e["reason"] == "Changed"));
    }

    private static JsonObject Data(params (string Key, string Value)[] data) =>
        new() { ["data"] = new JsonObject([.. data.Select(d => new KeyValuePair<string, JsonNode?>(d.Key, d.Value))]) };
}
