using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Meridian.Gateway.Tests.Support;
using Meridian.Model.Verdicts;

namespace Meridian.Gateway.Tests.Choosing;

/// <summary>Where requests go, and what is said when they can go nowhere.</summary>
public sealed class ChoiceTests
{
    [Fact]
    public async Task A_drained_address_gets_no_new_requests_and_ends_the_old_ones()
    {
        var release = new TaskCompletionSource();
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\no");
            await release.Task;
            await c.SendAsync("ne");
        });
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("", one, two);
        using var client = world.Client();

        using var old = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(1, world.InFlight(one));
        world.Say(one, OverrideState.Drain);
        for (var i = 0; i < 5; i++)
            Assert.Equal("two", await client.GetStringAsync("/"));
        Assert.Equal(1, world.InFlight(one));
        release.SetResult();
        Assert.Equal("one", await old.Content.ReadAsStringAsync());
        await Wait.UntilAsync(() => world.InFlight(one) == 0, world.Log.ToString);
    }

    [Fact]
    public async Task A_pool_above_its_limit_gives_what_is_over_to_the_next()
    {
        var release = new TaskCompletionSource();
        await using var one = new Backend("one", async (_, c) =>
        {
            await release.Task;
            await c.AnswerAsync("one");
        });
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("upstream: {capacity: 4}, spillAbove: 0.75", one, two);
        using var client = world.Client();

        var first = Enumerable.Range(0, 3).Select(_ => client.GetStringAsync("/")).ToArray();
        await Wait.UntilAsync(() => world.InFlight(one) == 3, world.Log.ToString);
        Assert.Equal("two", await client.GetStringAsync("/"));
        release.SetResult();
        Assert.Equal(["one", "one", "one"], await Task.WhenAll(first));
        Assert.Equal("one", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task When_most_addresses_are_out_they_are_used_once_the_others_have_failed()
    {
        var one = Backend.Named("one");
        await using var two = Backend.Named("two");
        await using var three = Backend.Named("three");
        await using var world = await GatewayWorld.StartAsync("", one, two, three);
        world.Set(two, VerdictState.Down);
        world.Set(three, VerdictState.Down);
        using var client = world.Client();

        Assert.Contains("app: only 1 of 3 addresses are up", world.Log.ToString(), StringComparison.Ordinal);
        Assert.Equal("one", await client.GetStringAsync("/"));
        await one.KillAsync();
        Assert.Equal("two", await client.GetStringAsync("/"));
        world.Set(two, VerdictState.Up);
        Assert.Contains("app: 2 of 3 addresses are up again", world.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_person_took_out_is_never_used()
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();
        world.Say(one, OverrideState.Down);

        using var response = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Empty(one.Requests);
    }

    [Fact]
    public async Task When_nothing_serves_the_answer_says_so_at_once_and_when_to_come_back()
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", "whenAllDown: ServFail", new GatewayOptions(), one);
        world.Set(one, VerdictState.Down);
        using var client = world.Client();

        using var text = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, text.StatusCode);
        Assert.Equal("unavailable", text.Headers.GetValues("x-meridian-error").Single());

        // The check's interval is 5 s, and it wants two good results 250 ms apart.
        Assert.Equal(TimeSpan.FromSeconds(6), text.Headers.RetryAfter!.Delta);
        Assert.Equal("503 unavailable: app.example.org cannot be served now: one-site is down\n",
            await text.Content.ReadAsStringAsync());

        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var json = await client.GetAsync("/");
        Assert.Equal("application/problem+json", json.Content.Headers.ContentType!.MediaType);
        Assert.Equal(503, JsonDocument.Parse(await json.Content.ReadAsStringAsync()).RootElement.GetProperty("status")
            .GetInt32());
    }

    [Fact]
    public async Task A_failing_service_does_not_get_its_load_multiplied()
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("no", 502));
        await using var two = new Backend("two", (_, c) => c.AnswerAsync("no", 502));
        await using var three = new Backend("three", (_, c) => c.AnswerAsync("no", 502));
        await using var world = await GatewayWorld.StartAsync("retry: {budget: 20%}", one, two, three);
        using var client = world.Client();

        const int Sent = 500;
        for (var i = 0; i < Sent; i++)
            (await client.GetAsync("/")).Dispose();
        var seen = one.Requests.Count + two.Requests.Count + three.Requests.Count;
        Assert.InRange(seen, Sent, Sent * 1.3);
    }

    [Fact]
    public async Task A_session_stays_where_it_is_and_moves_when_that_dies()
    {
        var backends = Enumerable.Range(0, 4).Select(i => Backend.Named($"b{i}")).ToArray();
        await using var world = await GatewayWorld.StartAsync("affinity: {header: x-session-id}", onePool: true,
            backends);
        using var client = world.Client();

        async Task<string> Ask(string session)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get,
                "/")
            { Headers = { { "x-session-id", session } } };
            using var response = await client.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }

        var places = new Dictionary<string, string>();
        for (var i = 0; i < 20; i++)
            places[$"s{i}"] = await Ask($"s{i}");
        Assert.True(places.Values.Distinct().Count() > 1);
        foreach (var (session, place) in places)
            Assert.Equal(place, await Ask(session));

        var dead = backends.Single(b => b.Name == places["s0"]);
        await dead.KillAsync();
        foreach (var (session, place) in places)
        {
            var now = await Ask(session);
            Assert.True(place == dead.Name ? now != place : now == place);
        }

        foreach (var backend in backends)
            await backend.DisposeAsync();
    }

    [Fact]
    public async Task Of_two_addresses_the_one_that_fails_fast_does_not_attract_the_load()
    {
        await using var good = new Backend("good", async (_, c) =>
        {
            await Task.Delay(10);
            await c.AnswerAsync("good");
        });
        await using var bad = new Backend("bad", (_, c) => c.AnswerAsync("bad", 500));
        await using var world = await GatewayWorld.StartAsync("", onePool: true, good, bad);
        using var client = world.Client();

        for (var i = 0; i < 100; i++)
            (await client.GetAsync("/")).Dispose();
        Assert.InRange(bad.Requests.Count, 0, 10);
    }
}
