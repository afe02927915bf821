using System.Text.Json.Nodes;
using Meridian.Kubernetes.Tests.Support;
using Meridian.Kubernetes.Watching;
using Meridian.TestCluster;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Kubernetes.Tests.Watching;

public sealed class InformerTests(RealServer real)
{
    [Theory, InlineData("small"), InlineData("real")]
    public async Task Tells_what_there_is_and_then_what_changes(string server)
    {
        await using var place = await TestServer.OpenAsync(server, real);
        await place.CreateAsync("a", "1");
        await place.CreateAsync("b", "1");
        await using var mirror = new Mirror(place);
        await mirror.Informer.Synced.WithinAsync(30);
        await mirror.UntilAsync("a=1 b=1");

        await place.ChangeAsync("a", "2");
        await place.CreateAsync("c", "1");
        await place.DeleteAsync("b");
        await mirror.UntilAsync("a=2 c=1");

        Assert.Equal(5, mirror.Changes.Count(c => c.Key.Name is "a" or "b" or "c"));
        Assert.Null(mirror.Informer.Contact.Fault);
        Assert.Equal("2", mirror.Informer.Find(place.Key("a")));
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Takes_long_lists_page_by_page(string server)
    {
        await using var place = await TestServer.OpenAsync(server, real);
        if (place.Small is { } small)
            small.Streams = false;
        for (var i = 0; i < 10; i++)
            await place.CreateAsync($"m{i}", $"{i}", "paged");
        await using var mirror = new Mirror(place, new InformerOptions { PageSize = 3, LabelSelector = "app=paged" });
        await mirror.UntilAsync(string.Join(' ', Enumerable.Range(0, 10).Select(i => $"m{i}={i}")));
        await place.DeleteAsync("m5");
        await mirror.UntilAsync(string.Join(' ', Enumerable.Range(0, 10).Where(i => i != 5).Select(i => $"m{i}={i}")));
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task An_object_that_loses_its_label_is_gone(string server)
    {
        await using var place = await TestServer.OpenAsync(server, real);
        await place.CreateAsync("a", "1", "web");
        await using var mirror = new Mirror(place, new InformerOptions { LabelSelector = "app=web" });
        await mirror.UntilAsync("a=1");
        await place.Client.MergeAsync(ApiResources.ConfigMaps, place.Key("a"),
            new() { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = null } } }, default);
        await mirror.UntilAsync("");
    }

    [Fact]
    public async Task A_server_that_initialized_its_storage_for_long_is_watched_again_within_seconds()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var refused = 0;
        place.Small!.Fault = _ =>
        {
            Interlocked.Increment(ref refused);
            return Task.FromResult<StatusException?>(
                new StatusException(429, "TooManyRequests", "storage is (re)initializing"));
        };

        // Chance shortens every wait, so that one alone would prove little.
        Informer<string>[] informers = [.. Enumerable.Range(0, 10).Select(_ => new Informer<string>(place.Client,
            ApiResources.ConfigMaps, new InformerOptions { Namespace = place.Namespace }, _ => "", _ => { }, time))];
        foreach (var informer in informers)
            informer.Start();
        await Wait.PassUntilAsync(() => time.Advance(TimeSpan.FromSeconds(20)),
            () => Volatile.Read(ref refused) > 20 * informers.Length, () => $"{refused} refused");

        place.Small.Fault = null;
        var ready = time.GetUtcNow();
        await Wait.PassUntilAsync(() => time.Advance(Wait.Pause), () => informers.All(i => i.Synced.IsCompleted),
            () => $"{informers.Count(i => i.Synced.IsCompleted)} synced after {time.GetUtcNow() - ready}");
        Assert.InRange(time.GetUtcNow() - ready, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        foreach (var informer in informers)
            await informer.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_happened_while_the_server_was_away_is_found(bool streams)
    {
        await using var place = await TestServer.OpenAsync("small", real);
        var small = place.Small!;
        small.Streams = streams;
        await place.CreateAsync("kept", "1");
        await place.CreateAsync("gone", "1");
        await using var mirror = new Mirror(place);
        await mirror.UntilAsync("gone=1 kept=1");

        await small.StopAsync();
        await UntilContactAsync(mirror, lost: true);
        Assert.Equal("gone=1 kept=1", mirror.Kept); // what is known stays

        var type = small.Store.TypeOf("", "v1", "configmaps")!;
        small.Store.Delete(new ObjectName(type, place.Namespace, "gone"), null);
        small.Store.Update(new ObjectName(type, place.Namespace, "kept"), "", d =>
        {
            d["data"]!["value"] = "2";
            return d;
        });
        small.Store.Compact(); // the version that the informer has is no longer kept
        await small.ListenAsync();

        await mirror.UntilAsync("kept=2");
        await UntilContactAsync(mirror, lost: false);
        Assert.Equal(2, mirror.Informer.Lists);
    }

    [Fact]
    public async Task A_broken_watch_goes_on_where_it_ended()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        await place.CreateAsync("a", "1");
        await using var mirror = new Mirror(place);
        await mirror.UntilAsync("a=1");
        await place.Small!.StopAsync();
        await place.Small.ListenAsync();
        await place.ChangeAsync("a", "2");
        await mirror.UntilAsync("a=2");
        Assert.Equal(1, mirror.Informer.Lists);
    }

    [Fact]
    public async Task A_storm_of_expired_versions_loses_and_doubles_nothing_and_does_not_hammer()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        var small = place.Small!;
        small.Streams = false;
        await place.CreateAsync("a", "0");
        var time = new FakeTimeProvider();
        await using var mirror = new Mirror(place, time: time);
        await mirror.UntilAsync("a=0");
        var refuse = true;
        small.Fault = request => Task.FromResult(refuse && request.Query["watch"] == "true"
            ? new StatusException(410, "Expired", "too old resource version") : null);
        await small.StopAsync();
        await small.ListenAsync();
        for (var i = 1; i <= 20; i++)
        {
            await place.ChangeAsync("a", $"{i}");
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await Wait.PassUntilAsync(() => time.Advance(TimeSpan.FromMilliseconds(100)),
            () => mirror.Informer.Lists >= 3 && time.GetUtcNow() - time.Start > TimeSpan.FromSeconds(3),
            () => $"lists: {mirror.Informer.Lists}");
        Assert.InRange(mirror.Informer.Lists, 3, 15);
        refuse = false;
        await mirror.PassUntilAsync(time, "a=20");
        var told = mirror.Changes.Where(c => c.Key.Name == "a")
            .Select(c => int.Parse(c.After!, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(told.Order().Distinct(), told);
    }

    [Fact]
    public async Task A_server_that_says_nothing_any_more_is_asked_again()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        var small = place.Small!;
        small.BookmarkPeriod = TimeSpan.FromHours(1);
        await place.CreateAsync("a", "1");
        await using var mirror = new Mirror(place, new InformerOptions { Idle = TimeSpan.FromMilliseconds(300) });
        await mirror.UntilAsync("a=1");
        var before = small.Requests.Count;
        await Wait.UntilAsync(() => small.Requests.Count >= before + 2, () => string.Join('\n', small.Requests));
        await place.ChangeAsync("a", "2");
        await mirror.UntilAsync("a=2");
    }

    [Fact]
    public async Task A_watch_that_breaks_in_the_middle_of_a_streamed_list_starts_anew()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        for (var i = 0; i < 500; i++)
            await place.CreateAsync($"m{i:000}", "1");
        await using var mirror = new Mirror(place);
        await place.Small!.StopAsync();
        await place.Small.ListenAsync();
        await mirror.UntilAsync(string.Join(' ', Enumerable.Range(0, 500).Select(i => $"m{i:000}=1")));
        Assert.Equal(500, mirror.Changes.Count);
    }

    [Fact]
    public async Task Five_thousand_objects_are_told_once_each()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        var type = place.Small!.Store.TypeOf("", "v1", "configmaps")!;
        for (var i = 0; i < 5000; i++)
            place.Small.Store.Create(new ObjectName(type, place.Namespace, $"m{i:0000}"),
                new() { ["metadata"] = new JsonObject(), ["data"] = new JsonObject { ["value"] = $"{i}" } });
        await using var mirror = new Mirror(place);
        await mirror.Informer.Synced.WithinAsync(60);
        Assert.Equal(5000, mirror.Informer.Count);
        Assert.Equal(5000, mirror.Changes.Select(c => c.Key).Distinct().Count());
        Assert.Equal(5000, mirror.Changes.Count);
    }

    [Fact]
    public async Task Says_why_it_hears_nothing()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        place.Small!.Fault = _ =>
            Task.FromResult<StatusException?>(new StatusException(403, "Forbidden",
                "configmaps is forbidden: no right to list"));
        await using var mirror = new Mirror(place);
        await UntilContactAsync(mirror, lost: true);
        Assert.False(mirror.Informer.Synced.IsCompleted);
        await Wait.UntilAsync(
            () => mirror.Informer.Contact.Fault == "403: configmaps is forbidden: no right to list",
            () => $"contact: {mirror.Informer.Contact}");
    }

    private static Task UntilContactAsync(Mirror mirror, bool lost) => Wait.UntilAsync(
        () => mirror.Informer.Contact.Fault is not null == lost, () => $"contact: {mirror.Informer.Contact}",
        seconds: 30);
}
