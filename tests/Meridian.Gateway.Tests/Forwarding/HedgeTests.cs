using System.Net;
using System.Text;
using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Forwarding;

/// <summary>What a client gets when a request is sent to a second address beside a slow first one.</summary>
public sealed class HedgeTests
{
    private const string Hedged = "profile: inference, hedge: {after: 50ms, max: 100%}, retry: {budget: 100%}";

    /// <summary>How long a failure has to reach the client in place of the answer that is still to come.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task A_hedge_goes_out_when_the_first_is_slow_and_the_first_answer_wins()
    {
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await Task.Delay(1000);
            await c.AnswerAsync("one");
        });
        await using var two = new Backend("two", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await c.AnswerAsync("two");
        });
        await using var world = await GatewayWorld.StartAsync("profile: inference, hedge: {after: 50ms, max: 100%}",
            one, two);
        using var client = world.Client();

        using var response = await client.PostAsync("/", new StringContent("hello"));
        Assert.Equal("two", await response.Content.ReadAsStringAsync());
        Assert.Equal("hello", Encoding.UTF8.GetString(two.Requests.Single().Body));
        Assert.Empty(world.Evidence);
        Assert.Equal((1, 0), world.Counts.Hedges);
    }

    [Theory]
    [InlineData("503")]
    [InlineData("503", "Retry-After: 1\r\n")]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("reset")]
    [InlineData("refused")]
    [InlineData("malformed")]
    public async Task A_hedge_that_fails_fast_does_not_spoil_a_slow_good_answer(string failure, string field = "")
    {
        var release = new TaskCompletionSource();
        await using var one = new Backend("one", async (_, c) =>
        {
            await release.Task;
            await c.AnswerAsync("one");
        });
        await using var two = new Backend("two", (_, c) => FailAsync(c, failure, field));
        await using var world = await GatewayWorld.StartAsync(Hedged, one, two);
        if (failure == "refused")
            await two.KillAsync();
        using var client = world.Client();

        var asking = client.GetAsync("/");
        if (failure != "refused")
            await Wait.UntilAsync(() => !two.Requests.IsEmpty, world.Log.ToString);
        await Task.WhenAny(asking, Task.Delay(Grace));
        release.SetResult();
        using var response = await asking;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("one", await response.Content.ReadAsStringAsync());
        Assert.Equal("2", response.Headers.GetValues("x-meridian-attempts").Single());
        Assert.Equal((0, 1), world.Counts.Hedges);
    }

    [Theory]
    [InlineData("503")]
    [InlineData("reset")]
    public async Task A_first_address_that_fails_while_the_hedge_is_under_way_leaves_the_answer_to_it(string failure)
    {
        var fail = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var one = new Backend("one", async (_, c) =>
        {
            await fail.Task;
            await FailAsync(c, failure, "");
        });
        await using var two = new Backend("two", async (_, c) =>
        {
            await release.Task;
            await c.AnswerAsync("two");
        });
        await using var world = await GatewayWorld.StartAsync(Hedged, one, two);
        using var client = world.Client();

        var asking = client.GetAsync("/");
        await Wait.UntilAsync(() => !two.Requests.IsEmpty, world.Log.ToString);
        fail.SetResult();
        await Task.WhenAny(asking, Task.Delay(Grace));
        release.SetResult();
        Assert.Equal("two", await (await asking).Content.ReadAsStringAsync());
        Assert.Equal((1, 0), world.Counts.Hedges);
    }

    [Theory]
    [InlineData("503", "reset")]
    [InlineData("reset", "503")]
    public async Task When_both_fail_and_no_other_address_is_left_the_client_gets_the_answer_of_the_two(
        string first, string second)
    {
        var hedged = new TaskCompletionSource();
        await using var one = new Backend("one", async (_, c) =>
        {
            await hedged.Task;
            await FailAsync(c, first, "");
        });
        await using var two = new Backend("two", async (_, c) =>
        {
            hedged.TrySetResult();
            await FailAsync(c, second, "");
        });
        await using var world = await GatewayWorld.StartAsync(Hedged, one, two);
        using var client = world.Client();

        using var response = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("sorry", await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("x-meridian-error"));
    }

    [Theory]
    [InlineData("503", "503")]
    [InlineData("reset", "429")]
    [InlineData("503", "reset")]
    public async Task When_both_fail_the_next_address_gets_the_request(string first, string second)
    {
        var hedged = new TaskCompletionSource();
        await using var one = new Backend("one", async (_, c) =>
        {
            await hedged.Task;
            await FailAsync(c, first, "");
        });
        await using var two = new Backend("two", async (_, c) =>
        {
            hedged.TrySetResult();
            await FailAsync(c, second, "");
        });
        await using var three = Backend.Named("three");
        await using var world = await GatewayWorld.StartAsync(Hedged, one, two, three);
        using var client = world.Client();

        using var response = await client.GetAsync("/");
        Assert.Equal("three", await response.Content.ReadAsStringAsync());
        Assert.Equal("3", response.Headers.GetValues("x-meridian-attempts").Single());
    }

    [Fact]
    public async Task A_hedge_counts_as_one_of_the_attempts()
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            await Task.Delay(Grace);
            await c.AnswerAsync("one");
        });
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync(
            "profile: inference, hedge: {after: 50ms, max: 100%}, retry: {attempts: 1}", one, two);
        using var client = world.Client();

        Assert.Equal("one", await client.GetStringAsync("/"));
        Assert.Empty(two.Requests);
    }

    private static Task FailAsync(BackendConnection connection, string failure, string field)
    {
        switch (failure)
        {
            case "reset":
                connection.Reset();
                return Task.CompletedTask;
            case "malformed":
                return connection.SendAsync("not HTTP\r\n\r\n");
            default:
                return connection.AnswerAsync("sorry",
                    int.Parse(failure, System.Globalization.CultureInfo.InvariantCulture), field);
        }
    }
}
