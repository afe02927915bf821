using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Meridian.Health.Probes;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Tests;

/// <summary>
/// Scenarios 2, 10 and 11: when probes are sent. Short intervals in real time; no test asserts that something is fast.
/// </summary>
public sealed class HealthEngineTests
{
    [Fact]
    public async Task Thousands_of_targets_are_spread_over_the_interval_and_all_known_after_it()
    {
        var prober = new FakeProber();
        await using var engine = new HealthEngine(prober, TimeProvider.System, _ => { });

        engine.Update([.. Enumerable.Range(0, 5000)
            .Select(i => Target($"10.0.{i >> 8}.{i & 255}", TimeSpan.FromSeconds(2)))]);
        Assert.False(engine.FirstRoundDone);
        await UntilAsync(() => engine.FirstRoundDone, () => $"{prober.Sent.Count} sent");

        var first = prober.Sent.GroupBy(s => s.Key).Select(g => g.Min(s => s.At)).Order().ToArray();
        var busiest = first.GroupBy(t => (t - first[0]).TotalMilliseconds >= 0
            ? (int)((t - first[0]).TotalMilliseconds / 250) : 0).Max(g => g.Count());
        Assert.InRange(busiest, 1, 2500);
    }

    [Fact]
    public async Task A_target_that_is_removed_is_not_probed_again()
    {
        var prober = new FakeProber();
        await using var engine = new HealthEngine(prober, TimeProvider.System, _ => { });
        var (kept, gone) = (Target("10.0.0.1", TimeSpan.FromMilliseconds(100)),
            Target("10.0.0.2", TimeSpan.FromMilliseconds(100)));
        engine.Update([kept, gone]);
        await UntilAsync(() => engine.FirstRoundDone, () => "");

        engine.Update([kept]);
        await UntilAsync(() => engine.Find(gone.Key) is null, () => "");
        var before = prober.Count(gone);
        var keptBefore = prober.Count(kept);
        await UntilAsync(() => prober.Count(kept) >= keptBefore + 5, () => $"{prober.Count(kept)}");

        Assert.Equal(before, prober.Count(gone));
    }

    [Fact]
    public async Task A_target_that_goes_and_comes_back_at_once_is_probed_on()
    {
        var prober = new FakeProber();
        await using var engine = new HealthEngine(prober, TimeProvider.System, _ => { });
        var target = Target("10.0.0.1", TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 200; i++)
        {
            engine.Update([target]);
            engine.Update([]);
        }

        engine.Update([target]);
        var before = prober.Count(target);
        await UntilAsync(() => engine.FirstRoundDone && prober.Count(target) >= before + 3,
            () => $"{prober.Count(target)} stalled {engine.IsStalled}");

        Assert.False(engine.IsStalled);
    }

    [Fact]
    public async Task Targets_with_the_same_key_share_one_probe()
    {
        var prober = new FakeProber();
        await using var engine = new HealthEngine(prober, TimeProvider.System, _ => { });
        var target = Target("10.0.0.1", TimeSpan.FromHours(1));

        engine.Update([.. Enumerable.Repeat(target, 1).Concat([Target("10.0.0.2", TimeSpan.FromHours(1))])]);
        engine.Update([target, Target("10.0.0.2", TimeSpan.FromHours(1))]);
        await UntilAsync(() => engine.FirstRoundDone, () => "");

        Assert.Equal(1, prober.Count(target));
    }

    [Fact]
    public async Task A_failure_is_confirmed_at_the_faster_pace_and_told()
    {
        var prober = new FakeProber();
        var changes = new ConcurrentQueue<VerdictChange>();
        await using var engine = new HealthEngine(prober, TimeProvider.System, changes.Enqueue);
        var target = Target("10.0.0.1", TimeSpan.FromHours(1));
        engine.Update([target]);
        await UntilAsync(() => engine.FirstRoundDone, () => "");

        prober.Failing = true;
        engine.Suspect(target.Key);
        await UntilAsync(() => engine.Of(target.Key).State == VerdictState.Down,
            () => engine.Of(target.Key).ToString());

        Assert.Equal(3, prober.Count(target));
        Assert.Equal([VerdictState.Up, VerdictState.Up, VerdictState.Down], changes.Select(c => c.After.State));
        Assert.True(changes.ElementAt(1).After.Suspected);
    }

    [Fact]
    public async Task The_end_of_an_idle_connection_starts_a_probe_at_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var prober = new FakeProber();
        await using var engine = new HealthEngine(prober, TimeProvider.System, _ => { });
        var check = new HealthCheck
        {
            Name = "c",
            Tcp = new TcpCheck(),
            Interval = TimeSpan.FromHours(1),
            ConfirmInterval = TimeSpan.FromMilliseconds(50),
        };
        var target = new ProbeTarget(new ProbeKey("c", "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, ""),
            check);
        engine.Update([target]);
        using var watching = await listener.AcceptSocketAsync(new CancellationTokenSource(10_000).Token);
        await UntilAsync(() => engine.FirstRoundDone, () => "");

        prober.Failing = true;
        watching.Close();

        await UntilAsync(() => engine.Of(target.Key).State == VerdictState.Down, () => $"{engine.Of(target.Key)}");
    }

    [Fact]
    public async Task A_remembered_verdict_stands_while_the_probes_cannot_run()
    {
        var prober = new FakeProber { Hanging = true };
        await using var engine = new HealthEngine(prober, TimeProvider.System, _ => { });
        var target = Target("10.0.0.1", TimeSpan.FromSeconds(1));

        engine.Update([target], new Dictionary<ProbeKey, Verdict> { [target.Key] = new(VerdictState.Down,
            DateTimeOffset.UnixEpoch, "http: 503") });

        Assert.Equal(VerdictState.Down, engine.Of(target.Key).State);
        Assert.True(engine.Of(target.Key).Remembered);
        Assert.False(engine.FirstRoundDone);
    }

    [Fact]
    public async Task A_loop_that_stands_still_is_told()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var blocked = new ManualResetEventSlim();
        var engine = new HealthEngine(new FakeProber(), time, _ => blocked.Wait());
        engine.Update([Target("10.0.0.1", TimeSpan.FromSeconds(1))]);
        await UntilAsync(() => engine.Probes.Completed > 0, () => "");

        Assert.False(engine.IsStalled);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(engine.IsStalled);

        blocked.Set();
        await engine.DisposeAsync();
    }

    private static ProbeTarget Target(string address, TimeSpan interval) => new(
        new ProbeKey("c", address, 80, ""),
        new HealthCheck
        {
            Name = "c",
            Ping = new PingCheck(),
            Interval = interval,
            ConfirmInterval = TimeSpan.FromMilliseconds(50),
        });

    private static async Task UntilAsync(Func<bool> condition, Func<string> state)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"timed out: {state()}");
            await Task.Delay(5);
        }
    }

    private sealed class FakeProber : IProber
    {
        public ConcurrentQueue<(ProbeKey Key, DateTime At)> Sent { get; } = [];

        public volatile bool Failing;

        public bool Hanging { get; init; }

        public int Count(ProbeTarget target) => Sent.Count(s => s.Key == target.Key);

        public async Task<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken cancellationToken)
        {
            Sent.Enqueue((target.Key, DateTime.UtcNow));
            if (Hanging)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return new ProbeResult(DateTimeOffset.UtcNow, !Failing, Failing ? "bad" : "good", TimeSpan.Zero);
        }
    }
}
