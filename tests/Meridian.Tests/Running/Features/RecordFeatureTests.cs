using System.Collections.Immutable;
using Meridian.Model.History;
using Meridian.Model.Records;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

public sealed class RecordFeatureTests : IAsyncDisposable, IRecordOwnerStore, IEventStore
{
    private readonly World _world = new(World.Endpoint("a", "10.0.0.1"));
    private readonly History _history;
    private readonly RecordFeature _records;

    public RecordFeatureTests()
    {
        _history = new History(this, _world.Time, NullLogger.Instance);
        _records = new RecordFeature(this, _world.Loop, _history, _world.Time);
        _world.Start(_records);
    }

    [Fact]
    public async Task A_client_that_could_not_be_heard_while_the_node_was_off_is_not_silent_at_its_start()
    {
        var owner = new RecordOwner("hk", null, TimeSpan.FromMinutes(10), _world.Time.GetUtcNow().AddDays(-1),
            [new ClientRecord { DnsName = "app.example.org", RecordType = "TXT", Targets = ["x"] }]);
        Assert.Null(await _world.Loop.SubmitAsync(new Change("hk",
            inputs => inputs with { Owners = inputs.Owners.SetItem(owner.Id, owner) })).WaitAsync(World.Limit));

        _world.Time.Advance(TimeSpan.FromMinutes(5));
        await _world.SettleAsync();
        Assert.Equal((1, 0, 1), _records.Counts);
        Assert.Empty(_history.Recent(10));
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 1, 1), _records.Counts);
    }

    [Fact]
    public async Task Targets_lapse_once_however_long_that_takes_to_compile()
    {
        var owner = new RecordOwner("hk", null, TimeSpan.FromMinutes(10), _world.Time.GetUtcNow(),
        [
            new ClientRecord
            {
                DnsName = "app.example.org",
                RecordType = "A",
                Targets = ["10.0.0.9"],
                ProviderSpecific = [new RecordProperty("webhook/meridian-health-check", "tcp")],
            },
        ]);
        _world.Known["10.0.0.9"] = new Verdict(VerdictState.Down, _world.Time.GetUtcNow(), "test");
        Assert.Null(await _world.Loop.SubmitAsync(new Change("hk",
            inputs => inputs with { Owners = inputs.Owners.SetItem(owner.Id, owner) })).WaitAsync(World.Limit));
        using var gate = new ManualResetEventSlim();
        var prepare = _world.Prepare;
        _world.Prepare = (state, inputs, zones) =>
        {
            gate.Wait(World.Limit);
            return prepare(state, inputs, zones);
        };

        _world.Time.Advance(TimeSpan.FromMinutes(11));
        while (Lapses == 0)
            await _world.SettleAsync();
        for (var seconds = 0; seconds < 5; seconds++)
        {
            _world.Time.Advance(ControlLoop.TickInterval);
            await _world.SettleAsync();
        }

        gate.Set();
        while (_world.Loop.State.Inputs.Lapsed.IsEmpty)
            await _world.SettleAsync();
        Assert.Equal(1, Lapses);
    }

    private int Lapses => _history.Recent(100).Count(e => e.Message.Contains("has lapsed", StringComparison.Ordinal));

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    ImmutableArray<RecordOwner> IRecordOwnerStore.Read() => [];

    Task<string?> IRecordOwnerStore.SaveAsync(RecordOwner owner) => Task.FromResult<string?>(null);

    void IRecordOwnerStore.SaveContact(RecordOwner owner)
    {
    }

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }
}
