using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Meridian.Health;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.NameServer.Flattening;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running.Features;

public sealed class HealthFeatureTests : IAsyncDisposable, IVerdictStore, IEnrollmentStore
{
    private static readonly ProbeKey Key = new("tcp", "127.0.0.1", 1, "");
    private static readonly HealthCheck Check = TestYaml.Read(
        TestYaml.Document("HealthCheck", "tcp", "{unhealthyThreshold: 2, tcp: {port: 1}}")).HealthChecks["tcp"];

    private readonly World _world = new(World.Endpoint("a", "10.0.0.1"));
    private readonly ConcurrentQueue<string> _saved = [];
    private readonly ConcurrentQueue<VerdictChange> _changes = [];
    private readonly HostResolver _resolver;
    private readonly TunnelFeature _tunnels;
    private readonly HealthFeature _health;
    private int _probed;

    public HealthFeatureTests()
    {
        _resolver = new HostResolver([new IPEndPoint(IPAddress.Loopback, 1)], _world.Time, (_, _) => { },
            (_, _) => { });
        _tunnels = new TunnelFeature(null, "n", _world.Loop, new TunnelEnrollment(this, _world.Loop, _world.History,
            _world.Time), new AgentRecognizer(_world.Loop, _ => null, _world.Time), _world.History, _world.Time);
        _health = new HealthFeature(_resolver, _tunnels, this, _world.History, "n", _changes.Enqueue,
            (_, _) => Interlocked.Increment(ref _probed), _ => { }, _world.Time);
        _world.Start();
    }

    [Fact]
    public async Task A_verdict_from_before_the_start_counts_until_the_first_probe()
    {
        _health.Follow([new ProbeTarget(Key, Check)]);

        await ProbedAsync(1);
        await Wait.UntilAsync(() => !_changes.IsEmpty, () => $"{Verdict}");
        var first = _changes.First();
        Assert.Equal((Up with { Remembered = true }, VerdictState.Down), (first.Before, first.After.State));
        Assert.Equal((VerdictState.Down, false), (Verdict.State, Verdict.Remembered));
    }

    [Fact]
    public async Task A_verdict_from_before_the_start_does_not_come_back_with_a_target_that_was_away()
    {
        _health.Follow([new ProbeTarget(Key, Check)]);
        await ProbedAsync(1);
        _health.Follow([]);
        await Wait.UntilAsync(() => _health.Engine.TargetCount == 0, () => $"{Verdict}");

        _health.Follow([new ProbeTarget(Key, Check)]);

        Assert.False(Verdict.Remembered);
        await ProbedAsync(2);
    }

    [Fact]
    public async Task Targets_that_are_the_same_are_probed_on()
    {
        _health.Follow([new ProbeTarget(Key, Check)]);
        await ProbedAsync(1);

        _health.Follow([new ProbeTarget(Key, Check)]);

        Assert.Equal(VerdictState.Down, Verdict.State);
        Assert.Equal(1, _health.Engine.TargetCount);
    }

    [Fact]
    public void A_verdict_that_turned_is_kept_and_told()
    {
        Observe(Up, Down);

        Assert.Equal(["tcp 127.0.0.1 Down"], _saved);
        Assert.Contains("is down: connect: refused", Assert.Single(_world.Told));
    }

    [Fact]
    public void A_doubt_about_a_verdict_is_neither_kept_nor_told()
    {
        Observe(Up, Up with { Suspected = true });

        Assert.Empty(_saved);
        Assert.Empty(_world.Told);
    }

    [Fact]
    public void A_verdict_from_before_the_start_that_a_probe_confirms_is_kept_and_no_news()
    {
        Observe(Up with { Remembered = true }, Up);

        Assert.Equal(["tcp 127.0.0.1 Up"], _saved);
        Assert.Empty(_world.Told);
    }

    [Fact]
    public void An_override_counts_until_its_time_is_over()
    {
        Assert.True(OverrideTarget.TryParse("pool/a-0", out var target, out _));
        var drain = new Override(target, OverrideState.Drain, "me", "test", _world.Time.GetUtcNow(),
            _world.Time.GetUtcNow().AddSeconds(10));
        var state = _world.Loop.State with { Overrides = _world.Loop.State.Overrides.With(drain) };

        Assert.Equal(drain, _health.Judge(state).OverrideOf("a-0", "10.0.0.1", null));
        _world.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Null(_health.Judge(state).OverrideOf("a-0", "10.0.0.1", null));
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _health.DisposeAsync();
        await _tunnels.DisposeAsync();
        await _resolver.DisposeAsync();
    }

    IReadOnlyDictionary<ProbeKey, Verdict> IVerdictStore.Read() =>
        new Dictionary<ProbeKey, Verdict> { [Key] = Up with { Remembered = true } };

    void IVerdictStore.Save(ProbeKey key, Verdict verdict) =>
        _saved.Enqueue($"{key.Check} {key.Target} {verdict.State}");

    ImmutableArray<StoredEnrollment> IEnrollmentStore.Read() => [];

    Task<string?> IEnrollmentStore.SaveAsync(StoredEnrollment enrollment) => Task.FromResult<string?>(null);

    Task<string?> IEnrollmentStore.DeleteAsync(string digest) => Task.FromResult<string?>(null);

    private static Verdict Up { get; } = new(VerdictState.Up, DateTimeOffset.UnixEpoch, "ok");

    private static Verdict Down { get; } = new(VerdictState.Down, DateTimeOffset.UnixEpoch, "connect: refused");

    private Verdict Verdict => _health.Judge(_world.Loop.State).Of(Key);

    private void Observe(Verdict before, Verdict after) =>
        _health.Observe([new VerdictChange(Key, before, after)], _world.Loop.State);

    private Task ProbedAsync(int times) => Wait.UntilAsync(() => Volatile.Read(ref _probed) >= times,
        () => $"probed {_probed} times, {Verdict}");
}
