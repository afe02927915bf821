using System.Collections.Immutable;
using Meridian.Fleet;
using Meridian.Fleet.Intent;
using Meridian.Fleet.Membership;
using Meridian.Health;
using Meridian.Health.Probes;
using Meridian.Model.History;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.State.Shared;
using Meridian.Steering.Plans;
using Meridian.Testing.Shared;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

/// <summary>A node's part in a cluster: what it writes, what it hears, and what it tells people.</summary>
public sealed class FleetFeatureTests : IAsyncDisposable, IEventStore, IOverrideStore, IProber
{
    private readonly World _world = new(World.Endpoint("a", "10.0.0.1", "10.0.0.2"));
    private readonly MemoryCluster _cluster = new();
    private readonly MemoryStore _store;
    private readonly MemoryStore _other;
    private readonly History _history;
    private readonly HealthEngine _health;
    private readonly FleetFeature _fleet;
    private readonly SharedOverrideStore _kept;
    private readonly List<bool> _drained = [];

    public FleetFeatureTests()
    {
        (_store, _other) = (_cluster.Connect(), _cluster.Connect());
        _history = new History(this, _world.Time, NullLogger.Instance);
        _kept = new SharedOverrideStore(_store, this);
        var overrides = new OverrideFeature(_kept, _world.Loop, _history);
        _health = new HealthEngine(this, TimeProvider.System, _ => { });
        _fleet = new FleetFeature(_store, Member("n1"), _world.Loop, overrides, _kept, _history, () => _health,
            TimeProvider.System)
        { Drained = _drained.Add };
        _other.Start(_ => { }, () => { });
        _world.Start(overrides, _fleet);
    }

    [Fact]
    public async Task A_prepared_store_gets_the_node_and_an_empty_one_nothing()
    {
        _fleet.Start();
        Write(new SharedWrite("overrides/site/fra", "{}")); // of somebody who did not prepare it either
        await UntilAsync(() => _fleet.Fault is not null);
        Assert.Equal("the shared store holds keys and no format: it was not prepared by `meridian store init`",
            _fleet.Fault);
        Assert.Equal(["overrides/site/fra"], _cluster.Current.Entries.Keys);

        Write(StoreFormat.First);
        await UntilAsync(() => _cluster.Current.Entries.ContainsKey("nodes/n1"));
        await UntilAsync(() => _fleet.Fault is null);
    }

    [Fact]
    public async Task What_somebody_takes_away_of_the_nodes_own_words_is_said_again()
    {
        Write(StoreFormat.First);
        _fleet.Start();
        await UntilAsync(() => _cluster.Current.Entries.ContainsKey("nodes/n1"));
        var word = _cluster.Current.Entries["nodes/n1"].Value;

        Write(new SharedWrite("nodes/n1", null));
        await UntilAsync(() => _cluster.Current.Entries.GetValueOrDefault("nodes/n1")?.Value == word);

        // Into a store that is not prepared any more nothing is written until it is.
        Write(new SharedWrite("nodes/n1", null), new SharedWrite(FleetKeys.Format, null));
        await UntilAsync(() => _fleet.Fault is not null);
        Assert.Empty(_cluster.Current.Entries);
        Write(StoreFormat.First);
        await UntilAsync(() => _cluster.Current.Entries.GetValueOrDefault("nodes/n1")?.Value == word);
    }

    [Theory]
    [InlineData("""{"min":2,"max":3}""",
        "the shared store has format 2, and this version of Meridian writes 1; upgrade it")]
    [InlineData("nonsense", "the shared store has a format that cannot be read: nonsense")]
    public async Task A_store_of_another_version_gets_nothing(string format, string fault)
    {
        Write(new SharedWrite(FleetKeys.Format, format));
        _fleet.Start();

        await UntilAsync(() => _fleet.Fault == fault);
        Assert.Equal([FleetKeys.Format], _cluster.Current.Entries.Keys);
    }

    [Fact]
    public async Task Who_comes_and_goes_is_told_but_for_those_who_were_there_before()
    {
        Write(StoreFormat.First, new SharedWrite("nodes/n2", MemberText("eu")));
        _fleet.Start();
        await UntilAsync(() => _fleet.Report.Members.Count == 2);
        Write(new SharedWrite("nodes/n3", MemberText("hk")));
        await UntilAsync(() => _fleet.Report.Members.Count == 3);
        Write(new SharedWrite("nodes/n2", null));
        await UntilAsync(() => _fleet.Report.Members.Count == 2);

        Assert.Equal(["node n2 is gone", "node n3 has joined: region hk, meridian 1.0"],
            _history.Recent(10).Select(e => e.Message).Where(m => !m.StartsWith("node n1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_a_person_says_to_another_node_is_in_force_and_told_here()
    {
        Write(StoreFormat.First);
        _fleet.Start();
        var drain = """{"state":"drain","author":"ann","reason":"works","created":"2026-01-01T00:00:00Z"}""";
        Write(new SharedWrite("overrides/pool/a-0", drain));

        await UntilAsync(() => _world.StateOf("a", 0) == PoolState.Draining);
        Assert.Contains(_history.Recent(10), e => e.Message == "ann says pool/a-0 is drain: works");

        Write(new SharedWrite("overrides/pool/a-0", null));
        await UntilAsync(() => _world.StateOf("a", 0) == PoolState.Up);
        Assert.Contains(_history.Recent(10),
            e => e.Message == "the override on pool/a-0 by ann was cleared at another node");
    }

    [Fact]
    public async Task Another_process_of_the_same_name_is_a_fault()
    {
        Write(StoreFormat.First);
        _fleet.Start();
        await UntilAsync(() => _fleet.Report.Written > 0);
        Write(new SharedWrite("nodes/n1", MemberText("eu")));

        await UntilAsync(() => _fleet.Fault == "another node is named n1 too; give one of them another --node");
    }

    [Fact]
    public async Task A_node_that_joins_is_known_from_then_on()
    {
        Write(StoreFormat.First);
        _fleet.Start();
        await UntilAsync(() => _fleet.Report.Members.Count == 1);
        await TickAsync();

        await UntilAsync(() => _fleet.Report.Known.ContainsKey("n1"));
        Assert.Equal(new KnownNode("n1", "eu", "1.0"), _fleet.Report.Known["n1"]);
        var written = _cluster.Current.Entries["known/n1"].Modified;
        await TickAsync();
        Assert.Equal(written, _cluster.Current.Entries["known/n1"].Modified);
    }

    [Fact]
    public async Task A_node_that_is_drained_sends_its_clients_away_until_it_is_let_back()
    {
        Write(StoreFormat.First);
        _fleet.Start();
        await _fleet.Register.DrainAsync("n2", new NodeDrain("ann", "works", default, null));
        await _fleet.Register.DrainAsync("n1", new NodeDrain("ann", "works", default, null));
        await UntilAsync(() => _drained.Count > 0);
        Assert.Equal("is drained by ann: works", _fleet.Report.Illness);

        await _fleet.Register.RestoreAsync("n1");
        await UntilAsync(() => _drained.Count > 1);
        Assert.Equal([true, false], _drained);
        Assert.Equal(["ann has drained node n1: works", "ann has drained node n2: works", "node n1 is let back"],
            _history.Recent(10).Select(e => e.Message).Where(m => m.Contains("has drained", StringComparison.Ordinal)
                || m.Contains("let back", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task An_override_at_this_node_alone_is_a_fault_for_as_long_as_it_stands()
    {
        Write(StoreFormat.First);
        _fleet.Start();
        await UntilAsync(() => _fleet.Report.Written > 0);
        Assert.True(OverrideTarget.TryParse("site/fra", out var target, out _));
        await _kept.SaveAsync(new Override(target, OverrideState.Drain, "ann", "works", default,
            new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.Zero))
        { IsLocal = true });

        Assert.Equal("the override on site/fra by ann holds at this node alone, until 2026-01-01 01:00:00Z",
            _fleet.Fault);
        await _kept.DeleteAsync(target);
        Assert.Null(_fleet.Fault);
    }

    [Fact]
    public async Task A_lost_store_is_told_once_and_so_is_its_return()
    {
        Write(StoreFormat.First);
        _fleet.Start();
        await TickAsync();
        _store.Cut();
        await TickAsync();
        await TickAsync();
        Assert.False(_fleet.Report.IsAttached);
        _store.Heal();
        await TickAsync();

        Assert.Equal(["the shared store is followed",
            "the shared store is away: it is cut off; this node goes on by itself", "the shared store is followed"],
            from entry in _history.Recent(10)
            where entry.Message.StartsWith("the shared", StringComparison.Ordinal)
            select entry.Message);
    }

    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        await _other.DisposeAsync();
        await _world.DisposeAsync();
        await _health.DisposeAsync();
    }

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }

    ImmutableArray<Override> IOverrideStore.Read() => [];

    Task<string?> IOverrideStore.SaveAsync(Override value) => Task.FromResult<string?>(null);

    Task<string?> IOverrideStore.DeleteAsync(OverrideTarget target) => Task.FromResult<string?>(null);

    void IOverrideStore.DeleteExpired(DateTimeOffset now)
    {
    }

    Task<ProbeResult> IProber.ProbeAsync(ProbeTarget target, CancellationToken cancellationToken) =>
        throw new NotSupportedException("nothing is probed");

    private static Member Member(string name) => new(name, "p1", "eu", "1.0", DateTimeOffset.UnixEpoch, null);

    private static string MemberText(string region) =>
        $$"""{"name":"x","process":"p2","region":"{{region}}","version":"1.0","started":"2026-01-01T00:00:00Z"}""";

    private void Write(params ImmutableArray<SharedWrite> writes) =>
        _ = _other.CommitAsync(new SharedTransaction(writes), default);

    private async Task TickAsync()
    {
        Assert.Null(await _world.Loop.PostAsync("tick", () => _fleet.Tick(_world.Loop.Now)).WaitAsync(World.Limit));
    }

    private static Task UntilAsync(Func<bool> isSo) => Wait.UntilAsync(isSo, () => "it does not come about");
}
