using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Tests;

/// <summary>In virtual time: each sign is a probe, five seconds apart; + is a success.</summary>
public sealed class HealthJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("+", "U")]
    [InlineData("-", "D")]
    public void The_first_probe_is_the_truth(string probes, string states) =>
        Assert.Equal(states, Run(probes, down: 3, up: 3));

    [Theory]
    [InlineData(1, "+-", "UD")]
    [InlineData(2, "+-", "UU")]
    [InlineData(2, "+--", "UUD")]
    [InlineData(3, "+--", "UUU")]
    [InlineData(3, "+---", "UUUD")]
    public void As_many_failures_as_the_unhealthy_threshold_take_an_address_out(
        int down, string probes, string states) =>
        Assert.Equal(states, Run(probes, down, up: 2));

    [Theory]
    [InlineData(1, "-+", "DU")]
    [InlineData(2, "-+", "DD")]
    [InlineData(2, "-++", "DDU")]
    [InlineData(3, "-++", "DDD")]
    [InlineData(3, "-+++", "DDDU")]
    public void As_many_successes_as_the_healthy_threshold_bring_it_back(int up, string probes, string states) =>
        Assert.Equal(states, Run(probes, down: 2, up));

    [Fact]
    public void Two_failures_of_three_and_a_success_never_take_an_address_out() =>
        Assert.Equal("UUUUUU", Run("+--+++", down: 3, up: 2));

    [Fact]
    public void Failures_between_successes_add_up_until_a_run_of_successes_clears_them()
    {
        Assert.Equal("UUUUUD", Run("+-+-+-", down: 3, up: 2));
        Assert.Equal("UUUUUUUU", Run("+-++-++-", down: 3, up: 2));
    }

    [Fact]
    public void A_failure_among_the_successes_starts_their_count_again() =>
        Assert.Equal("DDDDDDU", Run("-++-+++", down: 2, up: 3));

    [Fact]
    public void Neither_count_outlives_the_verdict_that_it_was_made_for()
    {
        // A success right after a failure or a failure right after a recovery counts as the first one.
        Assert.Equal("UUDDDUU", Run("+---++-", down: 2, up: 2));
        Assert.Equal("UUDDUUUD", Run("+--++-+-", down: 2, up: 2)[..8]);
        Assert.Equal("UUDDUU", Run("+--++-", down: 2, up: 2));
    }

    [Theory]
    [InlineData("++-+", "..ss")]
    [InlineData("++-++", "..ss.")]
    [InlineData("++--", "..s.")]
    [InlineData("--++", "..s.")]
    [InlineData("--+-", "..s.")]
    public void Suspicion_begins_with_the_first_contrary_result_and_ends_with_the_decision(
        string probes, string suspicion) =>
        Assert.Equal(suspicion, Trace(probes, Check(2, 2), r => r.Verdict.Suspected ? 's' : '.'));

    [Fact]
    public void A_verdict_dates_from_the_probe_that_turned_it()
    {
        Assert.Equal(At(2), Feed("+--", Check(2, 2)).Verdict.Since);
        Assert.Equal(At(2), Feed("+----", Check(2, 2)).Verdict.Since);
        Assert.Equal(At(4), Feed("+--++", Check(2, 2)).Verdict.Since);
        Assert.Equal(At(4), Feed("+--+++-+", Check(2, 2)).Verdict.Since);
    }

    [Theory]
    [InlineData("+", "good")]
    [InlineData("-", "bad")]
    [InlineData("+-", "bad (1 of 2)")]
    [InlineData("+-+", "good (1 of 2)")]
    [InlineData("+-+++", "good")]
    [InlineData("+--", "bad (2 of 2)")]
    [InlineData("+---", "bad")]
    [InlineData("+--+", "good (1 of 3)")]
    [InlineData("+--+++", "good")]
    public void The_reason_is_the_last_probes_and_counts_towards_the_threshold(string probes, string reason) =>
        Assert.Equal(reason, Feed(probes, Check(2, 3)).Verdict.Reason);

    [Fact]
    public void A_threshold_that_was_lowered_is_named_as_it_is_now()
    {
        var record = HealthJudge.Next(Feed("+---", Check(5, 2)), Check(2, 2), Result(4, false));

        Assert.Equal((VerdictState.Down, "bad (2 of 2)"), (record.Verdict.State, record.Verdict.Reason));
    }

    [Fact]
    public void The_last_eight_probes_are_kept_the_newest_first()
    {
        var record = Feed("----------", Check(2, 2));

        Assert.Equal([.. Enumerable.Range(2, 8).Reverse().Select(At)], record.Recent.Select(r => r.At));
        Assert.True(record.Probed);
        Assert.False(new HealthRecord().Probed);
    }

    [Fact]
    public void A_feed_is_believed_at_once()
    {
        var check = Check(3, 3);
        var record = HealthJudge.Next(Feed("++", check), check, Result(2, false) with { Decisive = true });
        Assert.Equal((VerdictState.Down, false, "bad"),
            (record.Verdict.State, record.Verdict.Suspected, record.Verdict.Reason));

        record = HealthJudge.Next(record, check, Result(3, true) with { Decisive = true });
        Assert.Equal((VerdictState.Up, false, "good"),
            (record.Verdict.State, record.Verdict.Suspected, record.Verdict.Reason));
    }

    [Fact]
    public void A_feed_clears_failures_that_were_counted_before()
    {
        var check = Check(3, 3);

        var record = HealthJudge.Next(Feed("+--", check), check, Result(3, true) with { Decisive = true });
        Assert.False(record.Verdict.Suspected);
        record = HealthJudge.Next(record, check, Result(4, false));

        Assert.Equal("bad (1 of 3)", record.Verdict.Reason);
    }

    [Fact]
    public void A_feed_that_repeats_itself_keeps_the_date_and_caps_the_TTL_as_long_as_it_says_so()
    {
        var check = Check(3, 3);
        var limited = Result(2, true) with { Decisive = true, TtlLimit = TimeSpan.FromSeconds(30) };

        var record = HealthJudge.Next(Feed("++", check), check, limited);
        Assert.Equal((Start, TimeSpan.FromSeconds(30)), (record.Verdict.Since, record.Verdict.TtlLimit));

        record = HealthJudge.Next(record, check, Result(3, true) with { Decisive = true });
        Assert.Null(record.Verdict.TtlLimit);
    }

    [Theory]
    [InlineData(VerdictState.Down, false, VerdictState.Down)]
    [InlineData(VerdictState.Down, true, VerdictState.Up)]
    [InlineData(VerdictState.Up, true, VerdictState.Up)]
    [InlineData(VerdictState.Up, false, VerdictState.Down)]
    public void A_remembered_verdict_gives_way_to_the_first_probe_and_keeps_its_date_where_that_agrees(
        VerdictState remembered, bool ok, VerdictState expected)
    {
        var since = Start.AddDays(-1);
        var record = new HealthRecord { Verdict = new Verdict(remembered, since, "old") { Remembered = true } };

        var verdict = HealthJudge.Next(record, Check(3, 3), Result(0, ok)).Verdict;

        Assert.Equal(expected, verdict.State);
        Assert.Equal(expected == remembered ? since : Start, verdict.Since);
        Assert.False(verdict.Remembered);
    }

    [Fact]
    public void An_address_that_went_down_too_often_is_held_down_and_says_until_when()
    {
        var check = Damped(maxFlaps: 3, window: TimeSpan.FromMinutes(10));

        // Down at 5, 15 and 25 s: one of the three is forgotten ten minutes after the first.
        var held = Feed("+-+-+-++", check);
        Assert.Equal(VerdictState.Down, held.Verdict.State);
        Assert.False(held.Verdict.Suspected);
        Assert.Equal("damped: went down 3 times in 10m; up again no sooner than 00:10:05 UTC", held.Verdict.Reason);
        Assert.Equal(At(5), held.Verdict.Since);

        var still = HealthJudge.Next(held, check, Result(120, true));
        Assert.Equal((VerdictState.Down, held.Verdict.Reason), (still.Verdict.State, still.Verdict.Reason));
        Assert.Equal(VerdictState.Up, HealthJudge.Next(held, check, Result(121, true)).Verdict.State);
    }

    [Fact]
    public void One_flap_less_than_the_limit_is_not_damped() =>
        Assert.Equal("UDUDU", Trace("+-+-+", Damped(maxFlaps: 3, window: TimeSpan.FromMinutes(10)), State));

    [Fact]
    public void Damping_can_be_switched_off() =>
        Assert.Equal("UDUDUDUDU", Trace("+-+-+-+-+", Damped(maxFlaps: 0, window: TimeSpan.FromDays(1)), State));

    [Fact]
    public void An_address_that_is_down_from_the_start_has_not_flapped() =>
        Assert.Equal("DUDU", Trace("-+-+", Damped(maxFlaps: 2, window: TimeSpan.FromMinutes(10)), State));

    [Fact]
    public void A_limit_that_was_lowered_holds_by_the_latest_flaps()
    {
        var window = TimeSpan.FromMinutes(10);
        var record = Feed("+-+-+-", Damped(maxFlaps: 4, window));

        var held = HealthJudge.Next(record, Damped(maxFlaps: 1, window), Result(6, true));

        Assert.Equal("damped: went down 3 times in 10m; up again no sooner than 00:10:25 UTC", held.Verdict.Reason);
    }

    [Fact]
    public void An_hour_of_flapping_changes_the_verdict_a_few_times_in_each_window()
    {
        var check = Damped(maxFlaps: 3, window: TimeSpan.FromMinutes(10));
        var states = Trace(string.Concat(Enumerable.Repeat("+-", 360)), check, State);

        // At most three times down in each ten minutes, and as often up.
        Assert.InRange(Enumerable.Range(1, states.Length - 1).Count(i => states[i] != states[i - 1]), 12, 2 * 3 * 6);
    }

    [Fact]
    public void The_cause_of_a_verdict_is_what_the_probe_found_that_turned_it()
    {
        var down = Feed("+--", Check(2, 2));
        var later = HealthJudge.Next(down, Check(2, 2), Result(9, false) with { Reason = "worse" });

        Assert.Equal(("bad (2 of 2)", "worse", "bad (2 of 2)"),
            (down.Verdict.Cause, later.Verdict.Reason, later.Verdict.Cause));
    }

    private static HealthCheck Check(int down, int up) => new()
    {
        Name = "c",
        UnhealthyThreshold = down,
        HealthyThreshold = up,
        Damping = new Damping { MaxFlaps = 0 },
    };

    private static HealthCheck Damped(int maxFlaps, TimeSpan window) =>
        Check(1, 1) with { Damping = new Damping { MaxFlaps = maxFlaps, Window = window } };

    private static string Run(string probes, int down, int up) => Trace(probes, Check(down, up), State);

    private static char State(HealthRecord record) => record.Verdict.State switch
    {
        VerdictState.Up => 'U',
        VerdictState.Down => 'D',
        _ => '?',
    };

    private static string Trace(string probes, HealthCheck check, Func<HealthRecord, char> show)
    {
        var record = new HealthRecord();
        return string.Concat(probes
            .Select((p, i) => show(record = HealthJudge.Next(record, check, Result(i, p == '+')))));
    }

    private static HealthRecord Feed(string probes, HealthCheck check) => probes.Select((p, i) => Result(i, p == '+'))
        .Aggregate(new HealthRecord(), (record, result) => HealthJudge.Next(record, check, result));

    private static ProbeResult Result(int number, bool ok) =>
        new(At(number), ok, ok ? "good" : "bad", TimeSpan.FromMilliseconds(1));

    private static DateTimeOffset At(int number) => Start.AddSeconds(5 * number);
}
