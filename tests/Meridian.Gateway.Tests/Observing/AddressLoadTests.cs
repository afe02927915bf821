using System.Net;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Tests.Support;
using Meridian.Gateway.Upstreams;
using Meridian.Model.Loads;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Gateway.Tests.Observing;

/// <summary>What addresses say of their load, and what comes of it.</summary>
public sealed class AddressLoadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reports_are_asked_for_and_taken_and_no_client_sees_them(bool upgrade)
    {
        await using var one = new Backend("one",
            (_, c) => c.AnswerAsync("one",
                more: "Endpoint-Load-Metrics: named_metrics.num_requests_waiting=3, rps_fractional=5\r\n"));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Endpoint-Load-Metrics-Format", "json");
        if (upgrade)
        {
            request.Headers.Connection.Add("Upgrade");
            request.Headers.Add("Upgrade", "websocket");
        }

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("endpoint-load-metrics"));
        Assert.Equal("text", one.Requests.Single()["endpoint-load-metrics-format"]);
        var (key, figure) = Assert.Single(world.Reports);
        Assert.Equal(new LoadKey("one", "127.0.0.1", one.Port), key);
        Assert.Equal((3, LoadSource.Report), (figure.Waiting, figure.Source));
    }

    [Fact]
    public async Task An_address_that_says_it_is_full_is_spared()
    {
        await using var one = new Backend("one",
            (_, c) => c.AnswerAsync("one", more: "endpoint-load-metrics: JSON {\"application_utilization\": 1.2}\r\n"));
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("spillAbove: 10", onePool: true, one, two);
        using var client = world.Client();
        while (world.Reports.IsEmpty)
            await client.GetStringAsync("/");

        for (var i = 0; i < 20; i++)
            Assert.Equal("two", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_pool_whose_queue_is_long_gives_what_is_over_to_the_next()
    {
        await using var one = new Backend("one",
            (_, c) => c.AnswerAsync("one", more: "endpoint-load-metrics: named_metrics.num_requests_waiting=4\r\n"));
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("", one, two);
        using var client = world.Client();

        Assert.Equal("one", await client.GetStringAsync("/"));
        Assert.Equal("two", await client.GetStringAsync("/"));
        Assert.Equal("two", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task Metrics_count_as_well()
    {
        await using var one = Backend.Named("one");
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("spillAbove: 10", onePool: true, one, two);
        using var client = world.Client();
        world.Load(one, new LoadFigure(DateTimeOffset.UtcNow, LoadSource.Scrape) { Memory = 0.9 });
        for (var i = 0; i < 20; i++)
            Assert.Equal("two", await client.GetStringAsync("/"));
        world.Load(one, new LoadFigure(DateTimeOffset.UtcNow, LoadSource.Scrape) { Memory = 0.1 });
        world.Load(two, new LoadFigure(DateTimeOffset.UtcNow, LoadSource.Scrape) { Memory = 0.9 });
        for (var i = 0; i < 20; i++)
            Assert.Equal("one", await client.GetStringAsync("/"));
    }

    [Theory]
    [InlineData("Tokens", 4000)]
    [InlineData("Characters", 1000)]
    [InlineData("AudioSeconds", 1000 * 32_000)]
    public async Task Work_is_counted_in_the_unit_of_the_route(string unit, int octets)
    {
        var release = new TaskCompletionSource();
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await release.Task;
            await c.AnswerAsync("one");
        });
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync($"upstream: {{unit: {unit}, capacity: 1000}}", one, two);
        using var client = world.Client();

        using var large = new ByteArrayContent(new byte[octets]);
        var first = client.PostAsync("/", large);
        await Wait.UntilAsync(() => world.InFlight(one) > 0, world.Log.ToString);
        Assert.Equal("two", await client.GetStringAsync("/"));
        release.SetResult();
        Assert.Equal("one", await (await first).Content.ReadAsStringAsync());
        Assert.Equal("one", await client.GetStringAsync("/"));
    }

    [Fact]
    public void A_report_is_corrected_by_what_has_come_and_gone_since()
    {
        var time = new FakeTimeProvider();
        var load = new ReportedLoad(time);
        var capacity = new TargetCapacity(null, 10, 10);
        Assert.Null(load.Utilisation(capacity, 2));
        load.Update(new LoadFigure(time.GetUtcNow(), LoadSource.Scrape) { Running = 5, Waiting = 0 }, inFlight: 2);
        Assert.Equal(0.5, load.Utilisation(capacity, 2));
        Assert.Equal(0.8, load.Utilisation(capacity, 5)!.Value, 6);
        Assert.Equal(0.3, load.Utilisation(capacity, 0)!.Value, 6);
        Assert.Equal(8, load.Requests(5));
        time.Advance(TimeSpan.FromSeconds(16));
        Assert.Null(load.Utilisation(capacity, 5));
        Assert.Equal(5, load.Requests(5));
    }

    [Fact]
    public void Capacity_is_learned_where_answers_take_twice_as_long()
    {
        var (learned, random) = (new LearnedCapacity(), new Random(1));
        Assert.Null(learned.Requests);

        // Sixteen at a time; more share.
        for (var i = 0; i < 20_000; i++)
        {
            var beside = random.Next(1, 100);
            learned.Observe(beside, TimeSpan.FromMilliseconds(100 * Math.Max(1,
                beside / 16.0) * (0.9 + (0.2 * random.NextDouble()))));
        }

        Assert.InRange(learned.Requests!.Value, 16, 32);
    }

    [Fact]
    public void An_address_that_never_slows_down_has_no_capacity()
    {
        var (learned, random) = (new LearnedCapacity(), new Random(1));
        for (var i = 0; i < 20_000; i++)
            learned.Observe(random.Next(1, 1000), TimeSpan.FromMilliseconds(100 * (0.9 + (0.2 * random.NextDouble()))));
        Assert.Null(learned.Requests);
    }
}
