using System.Globalization;
using Meridian.Health.Scheduling;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Tests.Scheduling;

/// <summary>When probes are due. Times are seconds since the start.</summary>
public sealed class ProbeScheduleTests
{
    private static readonly ProbeKey First = Key(0);
    private static readonly ProbeKey Second = Key(1);

    // Chance always says 1, so that the second round comes after one whole interval.
    private readonly ProbeSchedule _schedule = new(() => 1);

    [Fact]
    public void The_first_round_sends_one_probe_a_millisecond()
    {
        Update(0, Targets(3, interval: 10));

        Assert.Equal([0, 0.001, 0.002], RunUntil(9.9).Select(s => s.At));
    }

    [Fact]
    public void The_first_round_of_many_targets_ends_within_the_interval()
    {
        Update(0, Targets(4000, interval: 2));

        var sent = RunUntil(1.9999).Select(s => s.At).ToArray();

        Assert.Equal(4000, sent.Length);
        Assert.Equal(0.0005, sent[1]);
        Assert.Equal(1.9995, sent[^1]);
    }

    [Fact]
    public void A_probe_is_not_due_a_moment_before_its_time()
    {
        Update(0, Targets(1, interval: 10));
        Probe(0);

        Assert.Equal(Seconds(10), _schedule.NextDue);
        Assert.Null(_schedule.Begin(Seconds(10) - TimeSpan.FromTicks(1)));
        Assert.NotNull(_schedule.Begin(Seconds(10)));
    }

    [Fact]
    public void The_second_round_is_spread_over_half_an_interval_and_later_ones_keep_that_rhythm()
    {
        var random = new Random(1);
        var schedule = new ProbeSchedule(random.NextDouble);
        schedule.Update(Targets(1000, interval: 10), TimeSpan.Zero);
        while (schedule.Begin(Seconds(1)) is { } probe)
            schedule.End(probe, suspected: false, Seconds(1));

        var second = new List<double>();
        var third = new List<double>();
        for (var now = Seconds(1); now <= Seconds(30); now += Seconds(0.01))
        {
            while (schedule.Begin(now) is { } probe)
            {
                (second.Count < 1000 ? second : third).Add(now.TotalSeconds);
                schedule.End(probe, suspected: false, now);
            }
        }

        Assert.InRange(second.Min(), 6, 6.2);
        Assert.InRange(second[^1], 10.8, 11.1);
        Assert.InRange(second.GroupBy(t => (int)(t * 2)).Max(g => g.Count()), 1, 140);
        Assert.InRange(third.Take(1000).GroupBy(t => (int)(t * 2)).Max(g => g.Count()), 1, 140);
    }

    [Fact]
    public void The_interval_counts_from_the_begin_of_a_probe()
    {
        Update(0, Targets(1, interval: 10));
        var probe = _schedule.Begin(Seconds(0))!;

        _schedule.End(probe, suspected: false, Seconds(4));

        Assert.Equal(Seconds(10), _schedule.NextDue);
    }

    [Fact]
    public void A_probe_that_took_many_intervals_is_followed_at_once_by_a_single_one()
    {
        Update(0, Targets(1, interval: 10));
        var probe = _schedule.Begin(Seconds(0))!;

        _schedule.End(probe, suspected: false, Seconds(35));

        Assert.Equal(Seconds(35), _schedule.NextDue);
        Probe(35);
        Assert.Equal(Seconds(45), _schedule.NextDue);
    }

    [Fact]
    public void A_verdict_in_doubt_is_probed_at_the_confirm_interval_until_it_is_decided()
    {
        Update(0, Targets(1, interval: 10));
        Probe(0);
        Probe(10, suspected: true);
        Assert.Equal(Seconds(10.25), _schedule.NextDue);

        Probe(10.25);

        Assert.Equal(Seconds(20.25), _schedule.NextDue);
    }

    [Fact]
    public void No_more_probes_are_in_flight_than_the_bound_and_each_one_that_ends_lets_another_begin()
    {
        Update(0, Targets(ProbeSchedule.MaxInFlight + 2, interval: 1));
        var begun = new List<ScheduledProbe>();
        while (_schedule.Begin(Seconds(1)) is { } probe)
            begun.Add(probe);

        Assert.Equal(ProbeSchedule.MaxInFlight, begun.Count);
        Assert.Equal(ProbeSchedule.MaxInFlight, _schedule.InFlight);
        Assert.Null(_schedule.NextDue);

        _schedule.End(begun[0], suspected: false, Seconds(1));

        Assert.Equal(Key(ProbeSchedule.MaxInFlight), _schedule.Begin(Seconds(1))!.Target.Key);
        Assert.Null(_schedule.Begin(Seconds(1)));
    }

    [Fact]
    public void A_removed_target_is_told_and_not_probed_again()
    {
        Update(0, Targets(2, interval: 10));
        RunUntil(1);

        Assert.Equal([First], Update(1, Targets(2, interval: 10)[1..]));

        Assert.Equal([Second], RunUntil(15).Select(s => s.Key));
        Assert.Equal(1, _schedule.Waiting);
    }

    [Fact]
    public void A_removed_target_whose_probe_is_in_flight_holds_its_place_until_that_ends_and_is_not_probed_again()
    {
        Update(0, Targets(1, interval: 10));
        var probe = _schedule.Begin(Seconds(0))!;

        Assert.Equal([First], Update(1));
        Assert.True(probe.Removed);
        Assert.Equal(1, _schedule.InFlight);
        _schedule.Suspect(First, Seconds(1));
        _schedule.End(probe, suspected: true, Seconds(2));

        Assert.Equal(0, _schedule.InFlight);
        Assert.Equal(0, _schedule.Waiting);
        Assert.Null(_schedule.NextDue);
    }

    [Fact]
    public void A_target_that_comes_back_while_its_old_probe_is_in_flight_has_a_rhythm_of_its_own()
    {
        Update(0, Targets(1, interval: 10));
        var old = _schedule.Begin(Seconds(0))!;
        Update(1);
        Update(2, Targets(1, interval: 10));

        var anew = _schedule.Begin(Seconds(2))!;
        _schedule.End(old, suspected: false, Seconds(3));
        Assert.Null(_schedule.NextDue);
        _schedule.End(anew, suspected: false, Seconds(3));

        Assert.Equal(Seconds(12), _schedule.NextDue);
        Assert.Equal(1, _schedule.Waiting);
    }

    [Fact]
    public void A_suspicion_makes_a_waiting_target_due_now()
    {
        Update(0, Targets(2, interval: 10));
        RunUntil(1);

        _schedule.Suspect(Second, Seconds(5));

        Assert.Equal(Second, _schedule.Begin(Seconds(5))!.Target.Key);
        Assert.Null(_schedule.Begin(Seconds(5)));
    }

    [Fact]
    public void The_interval_counts_anew_from_the_probe_of_a_suspicion()
    {
        Update(0, Targets(1, interval: 10));
        Probe(0);
        _schedule.Suspect(First, Seconds(5));

        Probe(5);

        Assert.Equal(Seconds(15), _schedule.NextDue);
    }

    [Fact]
    public void A_suspicion_during_a_probe_leads_to_one_more_right_after_it()
    {
        Update(0, Targets(1, interval: 10));
        var probe = _schedule.Begin(Seconds(0))!;

        _schedule.Suspect(First, Seconds(1));
        _schedule.Suspect(First, Seconds(2));
        Assert.Null(_schedule.NextDue);
        _schedule.End(probe, suspected: false, Seconds(3));
        Assert.Equal(Seconds(3), _schedule.NextDue);

        Probe(3);
        Assert.Equal(Seconds(13), _schedule.NextDue);
    }

    [Fact]
    public void However_many_suspicions_come_a_target_is_probed_every_50_ms_at_most_and_waits_once()
    {
        Update(0, Targets(2, interval: 10));
        var probes = new List<int>();
        for (var now = 0; now < 1000; now++)
        {
            var at = TimeSpan.FromMilliseconds(now);
            _schedule.Suspect(First, at);
            while (_schedule.Begin(at) is { } probe)
            {
                if (probe.Target.Key == First)
                    probes.Add(now);
                _schedule.End(probe, suspected: true, at);
            }

            Assert.Equal(2, _schedule.Waiting);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => 50 * i), probes);
    }

    [Fact]
    public void A_suspicion_never_makes_a_probe_later()
    {
        Update(0, Targets(1, interval: 0.1));
        Probe(0);
        Update(0, Targets(1, interval: 0.03));

        _schedule.Suspect(First, Seconds(0.01));

        Assert.Equal(Seconds(0.03), _schedule.NextDue);
    }

    [Fact]
    public void A_suspicion_of_a_strange_target_is_nothing()
    {
        Update(0, Targets(1, interval: 10));
        RunUntil(1);

        _schedule.Suspect(Second, Seconds(2));

        Assert.Equal(1, _schedule.Waiting);
        Assert.Equal(Seconds(10), _schedule.NextDue);
    }

    [Fact]
    public void A_suspicion_of_an_endpoint_is_one_of_every_target_there()
    {
        var other = new ProbeTarget(First with { Check = "other" }, Check(10));
        var elsewhere = new ProbeTarget(First with { Port = 81 }, Check(10));
        Update(0, [.. Targets(2, interval: 10), other, elsewhere]);
        RunUntil(1);

        _schedule.SuspectEndpoint(First.Target, First.Port, Seconds(2));

        Assert.Equal([First, other.Key], RunUntil(3).Select(s => s.Key));
    }

    [Fact]
    public void A_shorter_interval_counts_from_the_begin_of_the_last_probe()
    {
        Update(0, Targets(1, interval: 300));
        Probe(0);

        Update(4, Targets(1, interval: 10));
        Assert.Equal(Seconds(10), _schedule.NextDue);

        Update(6, Targets(1, interval: 5));
        Assert.Equal(Seconds(6), _schedule.NextDue);
    }

    [Fact]
    public void Targets_that_a_shorter_interval_makes_overdue_are_spread_over_it()
    {
        Update(0, Targets(100, interval: 300));
        RunUntil(1);

        Update(200, Targets(100, interval: 1));

        var sent = RunUntil(200.999, from: 200);
        Assert.Equal(100, sent.Count);
        Assert.Equal(200, sent[0].At);
        Assert.Equal(200.99, sent[^1].At, 0.002);
        Assert.InRange(sent.GroupBy(s => (int)(s.At * 10)).Max(g => g.Count()), 9, 11);
    }

    [Fact]
    public void Targets_that_a_shorter_interval_makes_due_just_now_are_not_put_off()
    {
        Update(0, Targets(2, interval: 300));
        Probe(1);
        Probe(1);

        Update(11, Targets(2, interval: 10));

        Assert.Equal([(11, First), (11, Second)], RunUntil(11, from: 11));
    }

    [Fact]
    public void Targets_whose_interval_is_made_longer_do_not_bunch()
    {
        var random = new Random(1);
        var schedule = new ProbeSchedule(random.NextDouble);
        schedule.Update(Targets(100, interval: 1), TimeSpan.Zero);
        while (schedule.Begin(Seconds(1)) is { } probe)
            schedule.End(probe, suspected: false, Seconds(1));

        schedule.Update(Targets(100, interval: 100), Seconds(1.1));

        var sent = new List<double>();
        for (var now = Seconds(1.1); now <= Seconds(101); now += Seconds(0.1))
        {
            while (schedule.Begin(now) is not null)
                sent.Add(now.TotalSeconds);
        }

        Assert.Equal(100, sent.Count);
        Assert.InRange(sent[0], 51, 54);
        Assert.InRange(sent.GroupBy(t => (int)(t / 10)).Max(g => g.Count()), 1, 35);
    }

    [Fact]
    public void An_edited_check_is_used_by_the_next_probe_and_by_the_judge_of_the_one_in_flight()
    {
        Update(0, Targets(1, interval: 10));
        var probe = _schedule.Begin(Seconds(0))!;

        Update(1, Targets(1, interval: 3));
        Assert.Equal(Seconds(3), probe.Target.Check.Interval);
        Assert.Null(_schedule.NextDue);
        _schedule.End(probe, suspected: false, Seconds(2));

        Assert.Equal(Seconds(3), _schedule.NextDue);
    }

    [Fact]
    public void An_edited_confirm_interval_counts_while_a_verdict_is_in_doubt()
    {
        var schedule = new ProbeSchedule(() => 0);
        schedule.Update(Targets(1, interval: 10), TimeSpan.Zero);
        schedule.End(schedule.Begin(TimeSpan.Zero)!, suspected: true, TimeSpan.Zero);
        Assert.Equal(Seconds(0.25), schedule.NextDue);

        schedule.Update([new ProbeTarget(First, Check(10) with { ConfirmInterval = Seconds(0.2) })], Seconds(0.1));
        Assert.Equal(Seconds(0.2), schedule.NextDue);
        schedule.Update([new ProbeTarget(First, Check(20) with { ConfirmInterval = Seconds(0.2) })], Seconds(0.1));
        Assert.Equal(Seconds(0.2), schedule.NextDue);
    }

    [Fact]
    public void An_edit_does_not_put_off_the_probe_of_a_suspicion()
    {
        Update(0, Targets(1, interval: 10));
        Probe(0);
        _schedule.Suspect(First, Seconds(5));

        Update(5, Targets(1, interval: 60));

        Assert.Equal(Seconds(5), _schedule.NextDue);
    }

    [Fact]
    public void An_update_that_changes_no_time_moves_no_probe()
    {
        var schedule = new ProbeSchedule(() => 0);
        schedule.Update(Targets(1, interval: 10), TimeSpan.Zero);
        schedule.End(schedule.Begin(TimeSpan.Zero)!, suspected: false, TimeSpan.Zero);
        schedule.End(schedule.Begin(Seconds(5))!, suspected: false, Seconds(5));

        schedule.Update([new ProbeTarget(First, Check(10) with { Timeout = Seconds(3) })], Seconds(6));

        Assert.Equal(Seconds(15), schedule.NextDue);
        Assert.Equal(Seconds(3), schedule.Begin(Seconds(15))!.Target.Check.Timeout);
    }

    [Fact]
    public void New_targets_are_probed_at_once_and_leave_the_others_alone()
    {
        Update(0, Targets(1, interval: 10));
        Probe(0);

        Update(4, Targets(3, interval: 10));

        Assert.Equal([(4, Second), (4.001, Key(2)), (10, First)], RunUntil(10, from: 4));
    }

    [Fact]
    public void Targets_with_the_same_key_share_one_probe()
    {
        Update(0, [.. Targets(1, interval: 10), .. Targets(1, interval: 10)]);

        Assert.Equal(1, _schedule.Waiting);
        Assert.Single(RunUntil(5));
    }

    private IReadOnlyCollection<ProbeKey> Update(double now, params ProbeTarget[] targets) =>
        _schedule.Update(targets, Seconds(now));

    private void Probe(double at, bool suspected = false)
    {
        var probe = _schedule.Begin(Seconds(at));
        Assert.NotNull(probe);
        _schedule.End(probe, suspected, Seconds(at));
    }

    // Each probe ends in the moment in which it begins.
    private List<(double At, ProbeKey Key)> RunUntil(double end, double from = 0)
    {
        var sent = new List<(double, ProbeKey)>();
        var now = Seconds(from);
        while (_schedule.NextDue is { } due && due <= Seconds(end))
        {
            now = due > now ? due : now;
            var probe = _schedule.Begin(now)!;
            sent.Add((now.TotalSeconds, probe.Target.Key));
            _schedule.End(probe, suspected: false, now);
        }

        return sent;
    }

    private static ProbeTarget[] Targets(int count, double interval) =>
        [.. Enumerable.Range(0, count).Select(i => new ProbeTarget(Key(i), Check(interval)))];

    private static HealthCheck Check(double interval) => new()
    {
        Name = "c",
        Ping = new PingCheck(),
        Interval = Seconds(interval),
        ConfirmInterval = Seconds(0.25),
    };

    private static ProbeKey Key(int number) => new("c", number.ToString(CultureInfo.InvariantCulture), 80, "");

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
