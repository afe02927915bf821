using System.Collections.Concurrent;
using System.Diagnostics;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Observing;

public sealed class TraceTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GatewayTracer.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_has_a_span_and_one_below_it_for_each_address(bool upgrade)
    {
        await using var one = Backend.Named("one");
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("", one, two);
        using var client = world.Client();
        await one.KillAsync();

        Assert.Equal("two", await AskAsync(client, upgrade));

        var (request, attempts) = await SpansAsync(2);
        Assert.Equal(("GET app", ActivityKind.Server, "0102030405060708"),
            (request.DisplayName, request.Kind, request.ParentSpanId.ToHexString()));
        Assert.Equal(("app", 200, "/where"),
            (request.GetTagItem("http.route"), request.GetTagItem("http.response.status_code"),
                request.GetTagItem("url.path")));
        Assert.All(attempts, a => Assert.Equal((request.SpanId, ActivityKind.Client), (a.ParentSpanId, a.Kind)));
        Assert.Equal((ActivityStatusCode.Error, "connect", "one"),
            (attempts[0].Status, attempts[0].GetTagItem("error.type"), attempts[0].GetTagItem("meridian.pool")));
        Assert.Equal((ActivityStatusCode.Unset, 200, 1),
            (attempts[1].Status, attempts[1].GetTagItem("http.response.status_code"),
                attempts[1].GetTagItem("http.request.resend_count")));
        Assert.Equal("first byte", attempts[1].Events.Single().Name);
        Assert.Equal($"00-{_trace}-{attempts[1].SpanId}-01", two.Requests.Single()["traceparent"]);
        Assert.Equal("vendor=1", two.Requests.Single()["tracestate"]);
    }

    [Fact]
    public async Task Answers_that_are_errors_are_errors()
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("no", 500));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();
        using var response = await client.SendAsync(Request(false));
        var (request, attempts) = await SpansAsync(1);
        Assert.Equal(ActivityStatusCode.Error, request.Status);
        Assert.Equal((ActivityStatusCode.Error, "500"), (attempts[0].Status, attempts[0].GetTagItem("error.type")));
    }

    private async Task<string> AskAsync(HttpClient client, bool upgrade)
    {
        using var response = await client.SendAsync(Request(upgrade));
        return await response.Content.ReadAsStringAsync();
    }

    private HttpRequestMessage Request(bool upgrade)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/where");
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{_trace}-0102030405060708-01");
        request.Headers.TryAddWithoutValidation("tracestate", "vendor=1");
        if (upgrade)
        {
            request.Headers.Connection.Add("Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        }

        return request;
    }

    // Of this test's trace: others run beside it.
    private async Task<(Activity Request, Activity[] Attempts)> SpansAsync(int attempts)
    {
        Activity[] spans = [];
        await Wait.UntilAsync(
            () => (spans = [.. _spans.Where(s => s.TraceId == _trace)]).Length == attempts + 1,
            () => string.Join('\n', spans.Select(s => $"{s.Kind} {s.DisplayName}")));
        return (spans.Single(s => s.Kind == ActivityKind.Server),
            [.. spans.Where(s => s.Kind == ActivityKind.Client).OrderBy(s => s.StartTimeUtc)]);
    }
}
