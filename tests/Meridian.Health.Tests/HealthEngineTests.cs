using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Meridian.Health.Tests.Support;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Health.Tests;

/// <summary>The engine's loop, in virtual time. When probes are due has tests of its own.</summary>
public sealed class HealthEngineTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConfirmInterval = TimeSpan.FromMilliseconds(250);

    private readonly FailingTime _time = new();
    private readonly ScriptedProber _prober;
    private readonly Channel<VerdictChange> _changes = Channel.CreateUnbounded<VerdictChange>();
    private readonly Channel<Exception> _faults = Channel.CreateUnbounded<Exception>();

    public HealthEngineTests() => _prober = new ScriptedProber(_time);

    [Fact]
    public async Task The_first_result_is_the_verdict_and_ends_the_first_round()
    {
        await using var engine = Engine();
        var target = Target("10.0.0.1");
        Assert.True(engine.FirstRoundDone);
        engine.Update([target]);
        Assert.False(engine.FirstRoundDone);
        Assert.Equal(Verdict.Unknown, engine.Of(target.Key));

        await FailAsync();

        var change = await NextAsync(_changes);
        Assert.Equal((target.Key, VerdictState.Unknown, VerdictState.Down),
            (change.Key, change.Before.State, change.After.State));
        Assert.True(engine.FirstRoundDone);
        Assert.Same(change.After, engine.Of(target.Key));
        Assert.Equal((1, 1), engine.Probes);
    }

    [Fact]
    public async Task A_failure_is_confirmed_at_the_faster_pace_and_each_step_is_told()
    {
        await using var engine = Engine();
        var target = Target("10.0.0.1");
        engine.Update([target]);
        await SucceedAsync();
        Assert.Equal(VerdictState.Up, (await NextAsync(_changes)).After.State);

        _time.Advance(Interval);
        await FailAsync();
        var doubt = await NextAsync(_changes);
        Assert.Equal((VerdictState.Up, true, false), (doubt.After.State, doubt.After.Suspected, doubt.Turned));

        _time.Advance(ConfirmInterval);
        await FailAsync();
        var decided = await NextAsync(_changes);
        Assert.Equal((VerdictState.Down, false, true),
            (decided.After.State, decided.After.Suspected, decided.Turned));
        Assert.Equal((3, 2), engine.Probes);
    }

    [Fact]
    public async Task A_result_that_changes_the_reason_alone_is_recorded_and_not_told_as_a_change()
    {
        var probed = Channel.CreateUnbounded<ProbeResult>();
        await using var engine = new HealthEngine(_prober, _time, change => _changes.Writer.TryWrite(change),
            (_, result) => probed.Writer.TryWrite(result));
        var target = Target("10.0.0.1");
        engine.Update([target]);
        await FailAsync();
        await NextAsync(probed);
        _time.Advance(Interval);
        (await _prober.NextAsync()).Fail(_time.GetUtcNow(), "worse");
        await NextAsync(probed);

        Assert.Equal("worse", engine.Of(target.Key).Reason);
        Assert.Equal(2, engine.Find(target.Key)!.Recent.Length);
        await NextAsync(_changes);
        Assert.False(_changes.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_shorter_interval_counts_at_once()
    {
        await using var engine = Engine();
        engine.Update([Target("10.0.0.1", TimeSpan.FromMinutes(5))]);
        await SucceedAsync();
        await NextAsync(_changes);
        _time.Advance(TimeSpan.FromMinutes(1));

        engine.Update([Target("10.0.0.1", TimeSpan.FromSeconds(1))]);

        var probe = await _prober.NextAsync();
        Assert.Equal(TimeSpan.FromSeconds(1), probe.Target.Check.Interval);
        Assert.Equal(_time.GetUtcNow(), probe.At);
    }

    [Fact]
    public async Task A_result_is_judged_by_the_check_as_it_is_when_the_probe_ends()
    {
        await using var engine = Engine();
        var target = Target("10.0.0.1");
        engine.Update([target]);
        await SucceedAsync();
        await NextAsync(_changes);
        _time.Advance(Interval);
        var probe = await _prober.NextAsync();

        engine.Update([target with { Check = target.Check with { UnhealthyThreshold = 1 } }]);
        probe.Fail(_time.GetUtcNow());

        Assert.Equal(VerdictState.Down, (await NextAsync(_changes)).After.State);
    }

    [Fact]
    public async Task A_suspicion_during_a_probe_leads_to_another_one_right_after()
    {
        await using var engine = Engine();
        var target = Target("10.0.0.1");
        engine.Update([target]);
        var before = await _prober.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(1));

        engine.Suspect(target.Key);
        engine.Suspect(target.Key);
        before.Succeed(_time.GetUtcNow());

        Assert.Equal(_time.GetUtcNow(), (await _prober.NextAsync()).At);
        Assert.Equal(2, _prober.Count);
    }

    [Fact]
    public async Task A_target_may_be_suspected_again_and_again()
    {
        await using var engine = Engine();
        var target = Target("10.0.0.1", TimeSpan.FromHours(1));
        engine.Update([target]);
        await SucceedAsync();
        await NextAsync(_changes);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            engine.Suspect(target.Key);
            await SucceedAsync();
            await CompletedAsync(engine, i + 2);
        }

        engine.Suspect(Target("10.0.0.9").Key);
        Assert.Null(engine.Find(Target("10.0.0.9").Key));
    }

    [Fact]
    public async Task A_target_that_is_removed_is_not_probed_again()
    {
        await using var engine = Engine();
        var (kept, gone) = (Target("10.0.0.1"), Target("10.0.0.2"));
        engine.Update([gone, kept]);
        await SucceedAsync();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await SucceedAsync();
        await CompletedAsync(engine, 2);

        engine.Update([kept]);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Interval);
            Assert.Equal(kept.Key, (await SucceedAsync()).Target.Key);
            await CompletedAsync(engine, i + 3);
        }

        Assert.Null(engine.Find(gone.Key));
        Assert.Equal(1, engine.TargetCount);
        Assert.True(engine.FirstRoundDone);
    }

    [Fact]
    public async Task The_result_of_a_probe_that_was_in_flight_when_its_target_went_does_not_count()
    {
        await using var engine = Engine();
        var (kept, gone) = (Target("10.0.0.1"), Target("10.0.0.2"));
        engine.Update([gone]);
        var probe = await _prober.NextAsync();

        engine.Update([kept]);
        var witness = await _prober.NextAsync();
        probe.Fail(_time.GetUtcNow());
        await UntilAsync(() => engine.InFlight == 1);
        witness.Succeed(_time.GetUtcNow());

        Assert.Equal(kept.Key, (await NextAsync(_changes)).Key);
        Assert.Null(engine.Find(gone.Key));
        Assert.Equal((1, 0), engine.Probes);
        Assert.True(engine.FirstRoundDone);
    }

    [Fact]
    public async Task A_target_that_went_and_came_back_is_judged_by_its_new_probe_alone()
    {
        await using var engine = Engine();
        var target = Target("10.0.0.1");
        engine.Update([target]);
        var old = await _prober.NextAsync();
        engine.Update([]);
        engine.Update([target]);
        var anew = await _prober.NextAsync();

        old.Fail(_time.GetUtcNow());
        await UntilAsync(() => engine.InFlight == 1);
        Assert.False(engine.FirstRoundDone);
        anew.Succeed(_time.GetUtcNow());

        Assert.Equal(VerdictState.Up, (await NextAsync(_changes)).After.State);
        Assert.True(engine.FirstRoundDone);
    }

    [Fact]
    public async Task A_target_that_goes_and_comes_back_at_once_is_probed_on()
    {
        await using var engine = Engine();
        var target = Target("10.0.0.1");
        for (var i = 0; i < 200; i++)
        {
            engine.Update([target]);
            engine.Update([]);
        }

        engine.Update([target]);
        await UntilAsync(() =>
        {
            while (_prober.TryNext(out var sent))
                sent.Succeed(_time.GetUtcNow());
            return engine.Find(target.Key) is { Probed: true };
        });

        Assert.True(engine.FirstRoundDone);
        Assert.Equal(0, _faults.Reader.Count);
    }

    [Fact]
    public async Task A_remembered_verdict_stands_until_the_first_probe_ends()
    {
        await using var engine = Engine();
        var target = Target("10.0.0.1");
        var remembered = new Verdict(VerdictState.Down, DateTimeOffset.UnixEpoch, "http: 503");

        engine.Update([target], new Dictionary<ProbeKey, Verdict> { [target.Key] = remembered });
        await _prober.NextAsync();

        Assert.Equal(remembered with { Remembered = true }, engine.Of(target.Key));
        Assert.False(engine.FirstRoundDone);

        engine.Update([target], new Dictionary<ProbeKey, Verdict> { [target.Key] = Verdict.Unchecked });
        Assert.Equal(VerdictState.Down, engine.Of(target.Key).State);
    }

    [Fact]
    public async Task The_end_of_an_idle_connection_starts_a_probe_at_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var unwatched = new TcpListener(IPAddress.Loopback, 0);
        unwatched.Start();
        await using var engine = Engine();
        var check = Check(TimeSpan.FromHours(1)) with { Ping = null, Tcp = new TcpCheck() };
        var target = new ProbeTarget(new ProbeKey("c", "127.0.0.1", listener.Port(), ""), check);
        var other = new ProbeTarget(new ProbeKey("d", "127.0.0.1", unwatched.Port(), ""), check with { Watch = false });
        engine.Update([other, target]);
        using var watching = await listener.AcceptSocketAsync(TestTime.Token(20));
        await SucceedAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await SucceedAsync();
        await CompletedAsync(engine, 2);
        _time.Advance(TimeSpan.FromSeconds(1));

        watching.Close();

        var probe = await _prober.NextAsync();
        Assert.Equal((target.Key, _time.GetUtcNow()), (probe.Target.Key, probe.At));
        Assert.False(unwatched.Pending());
    }

    [Fact]
    public async Task Callbacks_that_throw_are_reported_and_do_not_end_probing()
    {
        await using var engine = new HealthEngine(_prober, _time, _ => throw new InvalidOperationException("changed"),
            (_, _) => throw new InvalidOperationException("probed"), Report);
        var target = Target("10.0.0.1");
        engine.Update([target]);
        await SucceedAsync();

        Assert.Equal("probed", (await NextAsync(_faults)).Message);
        Assert.Equal("changed", (await NextAsync(_faults)).Message);
        Assert.Equal(VerdictState.Up, engine.Of(target.Key).State);
        _time.Advance(Interval);
        await SucceedAsync();
        Assert.Equal("probed", (await NextAsync(_faults)).Message);
        Assert.False(engine.IsStalled);
    }

    [Fact]
    public async Task A_report_of_a_fault_that_throws_does_not_end_probing()
    {
        await using var engine = new HealthEngine(_prober, _time, _ => throw new InvalidOperationException(),
            faulted: _ => throw new InvalidOperationException());
        engine.Update([Target("10.0.0.1")]);
        await SucceedAsync();
        await CompletedAsync(engine, 1);

        _time.Advance(Interval);

        await SucceedAsync();
    }

    [Fact]
    public async Task A_prober_that_throws_is_a_failed_probe_and_costs_the_usual_wait()
    {
        await using var engine = Engine();
        var (target, witness) = (Target("10.0.0.1"), Target("10.0.0.2", TimeSpan.FromHours(1)));
        engine.Update([target]);
        (await _prober.NextAsync()).Throw(new FormatException("odd"));

        Assert.Equal("probe failed: odd", (await NextAsync(_changes)).After.Reason);
        engine.Update([target, witness]);
        Assert.Equal(witness.Key, (await SucceedAsync()).Target.Key);
        await NextAsync(_changes);
        _time.Advance(Interval);
        Assert.Equal(target.Key, (await _prober.NextAsync()).Target.Key);
        Assert.Equal(3, _prober.Count);
    }

    [Fact]
    public async Task A_judge_that_throws_is_reported_and_its_target_is_probed_on_at_the_usual_pace()
    {
        await using var engine = Engine();
        var endless = new Damping { MaxFlaps = 1, Window = TimeSpan.MaxValue };
        var check = Check(Interval) with { Damping = endless, UnhealthyThreshold = 1, HealthyThreshold = 1 };
        engine.Update([Target("10.0.0.1") with { Check = check }]);
        await SucceedAsync();
        await NextAsync(_changes);
        _time.Advance(Interval);
        await FailAsync();
        await NextAsync(_changes);
        _time.Advance(Interval);
        await SucceedAsync();

        Assert.IsType<ArgumentOutOfRangeException>(await NextAsync(_faults));
        _time.Advance(Interval);
        Assert.Equal(_time.GetUtcNow(), (await _prober.NextAsync()).At);
        Assert.Equal(4, _prober.Count);
    }

    [Fact]
    public async Task A_fault_of_the_loop_itself_costs_a_wait_and_it_goes_on()
    {
        await using var engine = Engine();
        engine.Update([Target("10.0.0.1")]);
        await SucceedAsync();
        await NextAsync(_changes);

        var begin = _time.GetUtcNow();
        _time.Failing = true;
        await PassUntilAsync(() => _faults.Reader.Count == 3);
        Assert.InRange(_time.GetUtcNow() - begin, TimeSpan.FromSeconds(2), TimeSpan.MaxValue);
        Assert.Equal(1, _prober.Count);

        _time.Failing = false;
        await PassUntilAsync(() => _prober.Count == 2);
        Assert.False(engine.IsStalled);
    }

    [Fact]
    public async Task A_loop_that_does_nothing_but_fail_is_told_as_a_stall()
    {
        await using var engine = Engine();
        engine.Update([Target("10.0.0.1")]);
        await SucceedAsync();
        await NextAsync(_changes);
        _time.Failing = true;
        await PassUntilAsync(() => _faults.Reader.Count == 12);

        _time.Failing = false;
        Assert.True(engine.IsStalled);
        await PassUntilAsync(() => !engine.IsStalled);
    }

    [Fact]
    public async Task A_loop_that_stands_still_is_told()
    {
        using var blocked = new ManualResetEventSlim();
        await using var engine = new HealthEngine(_prober, _time, _ => blocked.Wait());
        engine.Update([Target("10.0.0.1")]);
        await SucceedAsync();
        await CompletedAsync(engine, 1);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(engine.IsStalled);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(engine.IsStalled);

        blocked.Set();
        await UntilAsync(() => !engine.IsStalled);
    }

    [Fact]
    public async Task An_idle_loop_is_not_a_stall()
    {
        await using var engine = Engine();

        for (var i = 0; i < 60; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(9));
            await UntilAsync(() => !engine.IsStalled);
        }
    }

    private HealthEngine Engine() =>
        new(_prober, _time, change => _changes.Writer.TryWrite(change), faulted: Report);

    private void Report(Exception fault) => _faults.Writer.TryWrite(fault);

    private async Task<SentProbe> SucceedAsync()
    {
        var probe = await _prober.NextAsync();
        probe.Succeed(_time.GetUtcNow());
        return probe;
    }

    private async Task FailAsync() => (await _prober.NextAsync()).Fail(_time.GetUtcNow());

    private static async Task<T> NextAsync<T>(Channel<T> channel) =>
        await channel.Reader.ReadAsync(TestTime.Token(20));

    private Task CompletedAsync(HealthEngine engine, long count) =>
        UntilAsync(() => engine.Probes.Completed == count);

    private Task PassUntilAsync(Func<bool> condition) => UntilAsync(() =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return condition();
    });

    private Task UntilAsync(Func<bool> condition) => Wait.SpinUntilAsync(condition,
        () => $"{_prober.Count} probes are sent, {_changes.Reader.Count} changes and {_faults.Reader.Count} faults "
            + "are not read yet");

    private static ProbeTarget Target(string address, TimeSpan? interval = null) =>
        new(new ProbeKey("c", address, 80, ""), Check(interval ?? Interval));

    private static HealthCheck Check(TimeSpan interval) => new()
    {
        Name = "c",
        Ping = new PingCheck(),
        Interval = interval,
        ConfirmInterval = ConfirmInterval,
    };

    /// <summary>A clock that cannot be read while it fails; its timers run on.</summary>
    private sealed class FailingTime : FakeTimeProvider
    {
        public volatile bool Failing;

        public override long GetTimestamp() =>
            Failing ? throw new InvalidOperationException("no clock") : base.GetTimestamp();
    }
}
