using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Tests;

/// <summary>Scenarios 1, 3, 4, 5 and 40, in virtual time: each letter is a probe, one interval apart.</summary>
public sealed class HealthJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("+", "U")]
    [InlineData("-", "D")]
    public void The_first_probe_is_the_truth(string probes, string states) =>
        Assert.Equal(states, Run(probes, down: 3, up: 3));

    [Fact]
    public void Two_failures_of_three_and_a_success_never_take_an_address_out() =>
        Assert.Equal("UUUUUU", Run("+--+++", down: 3, up: 2));

    [Fact]
    public void The_third_failure_takes_it_out() => Assert.Equal("UUUD", Run("+---", down: 3, up: 2));

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
    public void Suspicion_begins_with_the_first_contrary_result_and_ends_with_the_decision()
    {
        Assert.Equal("..s.", Suspicion("+++-".Insert(2, "-")[..3] + "-"));
        Assert.Equal("..ss.", Suspicion("++-++".Insert(3, "+")[..5]));
        Assert.Equal("..s.", Suspicion("--++"));
    }

    [Fact]
    public void The_pace_is_that_of_confirmation_while_in_doubt()
    {
        var check = Check(3, 2);
        var record = Feed(new HealthRecord(), check, "+-", 0);

        Assert.Equal(check.ConfirmInterval, HealthJudge.Pace(record, check));
        Assert.Equal(check.Interval, HealthJudge.Pace(Feed(record, check, "--", 2), check));
    }

    [Fact]
    public void A_flapping_address_is_held_down_and_says_until_when()
    {
        var check = Check(1, 1) with { Damping = new Damping { MaxFlaps = 3, Window = TimeSpan.FromMinutes(10) } };
        var record = new HealthRecord();
        var changes = 0;
        for (var i = 0; i < 720; i++)
        {
            var next = HealthJudge.Next(record, check, Result(i, i % 2 == 0));
            changes += next.Verdict.State != record.Verdict.State && i > 0 ? 1 : 0;
            record = next;
        }

        // One hour, a probe each 5 s that alternates: at most three times down in each ten minutes, and as often up.
        Assert.InRange(changes, 12, 2 * 3 * 6);
        var held = Feed(new HealthRecord(), check, "+-+-+-++", 0);
        Assert.Equal(VerdictState.Down, held.Verdict.State);
        Assert.StartsWith("damped: went down 3 times in 10m; up again no sooner than 00:10:05", held.Verdict.Reason);
        Assert.Equal(VerdictState.Up, HealthJudge.Next(held, check, Result(121, true)).Verdict.State);
    }

    [Fact]
    public void A_feed_is_believed_at_once_and_may_cap_the_TTL()
    {
        var check = Check(3, 3);
        var record = HealthJudge.Next(Feed(new HealthRecord(), check, "++", 0), check,
            Result(2, false) with { Decisive = true });
        Assert.Equal(VerdictState.Down, record.Verdict.State);

        record = HealthJudge.Next(record, check,
            Result(3, true) with { Decisive = true, TtlLimit = TimeSpan.FromSeconds(30) });
        Assert.Equal(VerdictState.Up, record.Verdict.State);
        Assert.Equal(30, record.Verdict.TtlLimit!.Value.TotalSeconds);
    }

    [Fact]
    public void A_remembered_verdict_gives_way_to_the_first_probe()
    {
        var remembered = new HealthRecord { Verdict = new Verdict(VerdictState.Down, Start,
            "http: 503") { Remembered = true } };

        var still = HealthJudge.Next(remembered, Check(3, 3), Result(1, false));
        Assert.Equal(Start, still.Verdict.Since);
        Assert.False(still.Verdict.Remembered);
        Assert.Equal(VerdictState.Up, HealthJudge.Next(remembered, Check(3, 3), Result(1, true)).Verdict.State);
    }

    [Fact]
    public void The_reason_counts_towards_the_threshold()
    {
        Assert.Equal("bad (1 of 2)", Feed(new HealthRecord(), Check(2, 2), "+-", 0).Verdict.Reason);
        Assert.Equal("bad (2 of 2)", Feed(new HealthRecord(), Check(2, 2), "+--", 0).Verdict.Reason);
    }

    private static HealthCheck Check(int down, int up) => new()
    {
        Name = "c",
        UnhealthyThreshold = down,
        HealthyThreshold = up,
        Damping = new Damping { MaxFlaps = 0 },
    };

    private static string Run(string probes, int down, int up) =>
        Trace(probes, Check(down, up), r => r.Verdict.State == VerdictState.Up ? 'U' : 'D');

    private static string Suspicion(string probes) => Trace(probes, Check(2, 2), r => r.Verdict.Suspected ? 's' : '.');

    private static string Trace(string probes, HealthCheck check, Func<HealthRecord, char> show)
    {
        var record = new HealthRecord();
        return string.Concat(probes
            .Select((p, i) => show(record = HealthJudge.Next(record, check, Result(i, p == '+')))));
    }

    private static HealthRecord Feed(HealthRecord record, HealthCheck check, string probes, int start) =>
        probes.Select((p, i) => (p, i))
        .Aggregate(record, (r, p) => HealthJudge.Next(r, check, Result(start + p.i, p.p == '+')));

    private static ProbeResult Result(int number, bool ok) =>
        new(Start.AddSeconds(5 * number), ok, ok ? "good" : "bad", TimeSpan.FromMilliseconds(1));
}
