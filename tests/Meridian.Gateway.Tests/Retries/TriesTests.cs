using System.Diagnostics;
using System.Diagnostics.Metrics;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Tests.Support;
using Meridian.Gateway.Upstreams;
using Meridian.Model.Verdicts;

namespace Meridian.Gateway.Tests.Retries;

/// <summary>Which address gets a request, and whether another one may, in virtual time.</summary>
public sealed class TriesTests
{
    private const string Inference = "profile: inference, timeouts: {firstByte: 10s}, retry: {perTryTimeout: 4s}";

    private static readonly Failure Refused = Failure.OfConnect("connect: refused");
    private static readonly Failure Busy = Failure.OfStatus(503);

    private static readonly string[] One = [""];

    [Fact]
    public void The_first_try_goes_to_the_first_pool_and_no_other_follows_unasked()
    {
        using var world = new RouteWorld(Inference, [One, One]);
        var tries = world.Tries();
        Assert.Equal(0, tries.Count);
        Assert.Same(world['a'], tries.Next());
        Assert.Equal(1, tries.Count);
        Assert.Null(tries.Next());
        Assert.Equal(1, tries.Count);
        Assert.Null(tries.Last);
    }

    [Fact]
    public void A_grant_leads_to_an_address_that_has_not_had_the_request_and_holds_once()
    {
        using var world = new RouteWorld(Inference, [["", ""], One]);
        var tries = world.Tries();
        var first = tries.Next()!;
        Assert.True(tries.MayTryAgain(first, Busy, canSendAgain: true));
        var second = tries.Next()!;
        Assert.NotSame(first, second);
        Assert.Equal("a", second.Upstream.Key.Pool);
        Assert.Null(tries.Next());
        Assert.True(tries.MayTryAgain(second, Busy, canSendAgain: true));
        Assert.Same(world['b'], tries.Next());
        Assert.Equal(3, tries.Count);
        Assert.False(tries.MayTryAgain(world['b'], Busy, canSendAgain: true));
        Assert.Null(tries.Next());
        Assert.Same(Busy, tries.Last);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public void No_more_addresses_get_a_request_than_attempts_allows(int attempts)
    {
        using var world = new RouteWorld(
            $"profile: inference, hedge: {{after: 1s, max: 100%}}, retry: {{attempts: {attempts}}}",
            [[.. Enumerable.Repeat("", 9)], [.. Enumerable.Repeat("", 9)]]);
        var tries = world.Tries();
        var target = tries.Next();
        while (target is not null && tries.MayTryAgain(target, Refused, canSendAgain: true))
            target = tries.Next();
        Assert.Equal(attempts, tries.Count);
        Assert.Null(tries.NextBeside());
        Assert.False(tries.MayResume(canSendAgain: true));
    }

    [Theory]
    [InlineData("profile: inference", "POST", 600)]
    [InlineData("profile: inference", "GET", 300)]
    [InlineData("profile: inference, retry: {perTryTimeout: 5s}", "POST", 5)]
    [InlineData("profile: opaque", "POST", 60)]
    [InlineData("profile: opaque", "GET", 30)]
    [InlineData("profile: opaque, retry: {perTryTimeout: 5s}", "POST", 5)]
    [InlineData("profile: opaque, retry: {reasons: [reset]}", "GET", 60)]
    [InlineData("profile: grpc", "POST", 60)]
    public void One_address_has_all_of_the_time_where_no_other_follows_for_being_slow(
        string gateway, string method, int seconds)
    {
        using var world = new RouteWorld(gateway, [One, One]);
        Assert.Equal(TimeSpan.FromSeconds(seconds), world.Tries(method).TimeToAnswer);
    }

    [Fact]
    public void Nothing_is_tried_again_once_the_time_of_all_tries_is_over()
    {
        using var world = new RouteWorld(Inference, [One, One, One]);
        var tries = world.Tries();
        var first = tries.Next()!;
        world.Time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.True(tries.MayTryAgain(first, Refused, canSendAgain: true));
        var second = tries.Next()!;
        world.Time.Advance(TimeSpan.FromTicks(1));
        Assert.False(tries.MayTryAgain(second, Refused, canSendAgain: true));
    }

    [Fact]
    public void A_request_that_cannot_be_sent_again_is_not_tried_again()
    {
        using var world = new RouteWorld(Inference, [One, One]);
        var tries = world.Tries();
        var first = tries.Next()!;
        Assert.False(tries.MayTryAgain(first, Refused, canSendAgain: false));
        Assert.False(tries.MayResume(canSendAgain: false));
        Assert.Null(tries.Next());
        Assert.Same(Refused, tries.Last);
    }

    [Fact]
    public void A_method_that_is_not_idempotent_is_tried_again_only_where_nothing_arrived()
    {
        using var world = new RouteWorld("profile: opaque", [One, One]);
        var tries = world.Tries("POST");
        Assert.False(tries.MayRepeat);
        var first = tries.Next()!;
        Assert.False(tries.MayTryAgain(first, Busy, canSendAgain: true));
        Assert.False(tries.MayResume(canSendAgain: true));
        Assert.True(tries.MayTryAgain(first, Refused, canSendAgain: true));
        Assert.True(world.Tries("GET").MayRepeat);
    }

    [Fact]
    public void Repetitions_keep_to_the_budget_and_refused_connections_do_not_count()
    {
        using var world = new RouteWorld("profile: inference, retry: {budget: 0%}", [One, One, One]);

        // Three a second are always allowed: thirty in ten seconds.
        for (var i = 0; i < 30; i++)
        {
            var spending = world.Tries();
            Assert.True(spending.MayTryAgain(spending.Next()!, Busy, canSendAgain: true), $"{i}");
        }

        var tries = world.Tries();
        var first = tries.Next()!;
        Assert.False(tries.MayTryAgain(first, Busy, canSendAgain: true));
        Assert.False(tries.MayResume(canSendAgain: true));
        Assert.True(tries.MayTryAgain(first, Refused, canSendAgain: true));
        world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(30, world.Route.RetriesLeft);
    }

    [Fact]
    public void Each_request_adds_its_share_to_the_budget()
    {
        using var world = new RouteWorld("profile: inference, retry: {budget: 50%}", [One]);
        for (var i = 0; i < 100; i++)
            world.Tries();
        Assert.Equal(50, world.Route.RetriesLeft);
    }

    [Fact]
    public void Equal_addresses_are_drawn_by_the_chance_that_is_given()
    {
        using var world = new RouteWorld(Inference, [["", ""]]);
        Assert.Single(Enumerable.Range(0, 30).Select(_ => world.Tries().Next()).Distinct());
    }

    [Fact]
    public void Nothing_is_spent_where_there_is_no_other_address()
    {
        using var world = new RouteWorld(Inference, [One]);
        var tries = world.Tries();
        var only = tries.Next()!;
        Assert.False(tries.MayTryAgain(only, Busy, canSendAgain: true));
        Assert.False(tries.MayResume(canSendAgain: true));
        Assert.Equal(30, world.Route.RetriesLeft);
        Assert.Empty(world.Route.Record.Counts.Failovers);
    }

    [Fact]
    public void A_try_has_its_own_time_within_that_of_all_tries()
    {
        using var world = new RouteWorld(Inference, [One]);
        var tries = world.Tries();
        Assert.Equal(TimeSpan.FromSeconds(4), tries.TimeToAnswer);
        world.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(TimeSpan.FromSeconds(4), tries.TimeToAnswer);
        world.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(1), tries.TimeToAnswer);
        world.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(TimeSpan.FromMilliseconds(1), tries.TimeToAnswer);
        Assert.Equal(TimeSpan.FromSeconds(18), tries.Elapsed);
    }

    [Fact]
    public void An_answer_that_began_in_time_may_be_resumed_at_any_time()
    {
        using var world = new RouteWorld(Inference, [One, One]);
        var tries = world.Tries();
        tries.Next();
        world.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(tries.MayResume(canSendAgain: true));
        Assert.Equal(TimeSpan.FromSeconds(4), tries.TimeToAnswer);
        Assert.Same(world['b'], tries.Next());
        Assert.Equal(29, world.Route.RetriesLeft);
    }

    [Fact]
    public void A_hedge_goes_to_another_address_within_the_share_of_hedges()
    {
        using var world = new RouteWorld("profile: inference, hedge: {after: 1s, max: 50%}", [One, One, One]);
        var first = world.Tries();
        first.Next();
        Assert.Null(first.NextBeside());
        var second = world.Tries();
        second.Next();
        Assert.Same(world['b'], second.NextBeside());
        Assert.Equal(2, second.Count);
        Assert.Null(second.NextBeside());
        Assert.Null(second.Next());
        Assert.Equal(30, world.Route.RetriesLeft);
    }

    [Fact]
    public void Each_try_and_each_failover_is_counted_where_it_happened()
    {
        using var world = new RouteWorld(Inference, [One, One]);
        var tries = world.Tries();
        var first = tries.Next()!;
        Assert.True(tries.MayTryAgain(first, Busy, canSendAgain: true));
        tries.MayTryAgain(tries.Next()!, Refused, canSendAgain: true);
        var counts = world.Route.Record.Counts;
        Assert.Equal([("192.0.2.1", 1L), ("192.0.2.11", 1L)], counts.Attempts.Order());
        Assert.Equal(("192.0.2.1", FailurePhase.FirstByte, 1L), counts.Failovers.Single());
    }

    [Fact]
    public void An_address_that_refuses_a_connection_rests_at_once_and_health_is_told()
    {
        using var world = new RouteWorld(Inference, [One, One]);
        var tries = world.Tries();
        tries.Failed(tries.Next()!, Refused, TimeSpan.FromMilliseconds(1), null);
        Assert.True(world['a'].Upstream.IsResting);
        Assert.Equal("connect: refused", world.Evidence.Single().Reason);
        Assert.Same(world['b'], world.Tries().Next());
    }

    [Fact]
    public void An_address_that_fails_requests_rests_after_the_third()
    {
        using var world = new RouteWorld(Inference, [One]);
        var reset = new Failure(FailureKind.Reset, FailurePhase.Send, "reset", Arrived: true);
        for (var i = 1; i <= 3; i++)
        {
            world.Tries().Failed(world['a'], reset, TimeSpan.FromMilliseconds(1), null);
            Assert.Equal(i == 3, world['a'].Upstream.IsResting);
        }

        Assert.Equal(3, world.Evidence.Count);
        Assert.Equal(5, world['a'].Upstream.FirstByte, 3);
    }

    [Fact]
    public void An_address_that_answers_with_errors_rests_after_the_third()
    {
        using var world = new RouteWorld(Inference, [One]);
        for (var i = 1; i <= 3; i++)
        {
            world.Tries().Answered(world['a'], new AnswerBegun(502, null, TimeSpan.FromMilliseconds(1), 1), null);
            Assert.Equal(i == 3, world['a'].Upstream.IsResting);
        }
    }

    [Fact]
    public void What_became_of_a_try_stands_in_its_span()
    {
        using var world = new RouteWorld(Inference, [One]);
        using var answered = new Activity("try");
        using var failed = new Activity("try");
        world.Tries().Answered(world['a'], new AnswerBegun(200, null, TimeSpan.FromMilliseconds(1), 1), answered);
        world.Tries().Failed(world['a'], Refused, TimeSpan.FromMilliseconds(1), failed);
        Assert.Equal(200, answered.GetTagItem("http.response.status_code"));
        Assert.Equal((ActivityStatusCode.Error, "connect: refused"), (failed.Status, failed.StatusDescription));
    }

    [Fact]
    public void The_time_to_the_first_octet_is_measured_for_the_route_and_the_site()
    {
        using var world = new RouteWorld(Inference, [One]);
        var firstByte = TimeSpan.FromSeconds(1.234567); // no other test's
        List<string> labels = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, all) =>
            {
                if (instrument.Name == GatewayMeter.FirstByte)
                    all.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            if (value != firstByte.TotalSeconds)
                return;
            foreach (var tag in tags)
                labels.Add($"{tag.Key}={tag.Value}");
        });
        listener.Start();
        world.Tries().Answered(world['a'], new AnswerBegun(200, null, firstByte, 1), null);
        Assert.Equal([$"route={world.Route.Name}", $"site={world['a'].Site}"], labels);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(499, true)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public void Answers_below_500_tell_when_to_hedge(int status, bool counts)
    {
        using var world = new RouteWorld("profile: inference, hedge: {after: p50, max: 100%}", [One]);
        for (var i = 0; i < 100; i++)
        {
            var answer = new AnswerBegun(status, null, TimeSpan.FromMilliseconds(100), 1);
            world.Tries().Answered(world['a'], answer, null);
        }

        var quantile = world.Route.Record.FirstByte.Quantile(0.5);
        if (counts)
            Assert.InRange(quantile!.Value.TotalMilliseconds, 100, 113);
        else
            Assert.Null(quantile);
    }

    [Fact]
    public void Nothing_is_tried_where_nothing_serves()
    {
        using var world = new RouteWorld(Inference, [One], "whenAllDown: ServFail");
        world.Set('a', 0, VerdictState.Down);
        var tries = world.Tries();
        Assert.Null(tries.Next());
        Assert.Null(tries.Last);
        Assert.Equal(0, tries.Count);
    }
}
