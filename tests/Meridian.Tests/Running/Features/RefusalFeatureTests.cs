using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Model.History;
using Meridian.Running;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

public sealed class RefusalFeatureTests : IAsyncDisposable, IEventStore
{
    private static readonly DnsName Org = DnsName.Parse("example.org");

    private readonly World _world = new(World.Endpoint("a", "10.0.0.1"));
    private readonly History _history;

    public RefusalFeatureTests()
    {
        _history = new History(this, _world.Time, NullLogger.Instance);
        _world.Start(new RefusalFeature(_history));
    }

    [Fact]
    public async Task What_a_zone_is_warned_of_is_told_once_and_the_zone_is_served()
    {
        await AddAsync("*.example.org");
        Assert.Empty(_world.Loop.State.ZoneWarnings);

        await AddAsync("x.y.example.org");
        await AddAsync("z.y.example.org");

        var state = _world.Loop.State;
        Assert.Equal(Org, Assert.Single(state.ZoneWarnings).Key);
        Assert.Empty(state.Faults);
        Assert.True(state.Zones.Find(Org.Canonical)!.IsLoaded);
        var told = Assert.Single(_history.Recent(10));
        Assert.Equal("example.org.", told.Subject);
        Assert.Contains("*.example.org. does not stand for it", told.Message);

        await AddAsync("y.example.org"); // which is then no empty name
        Assert.Empty(_world.Loop.State.ZoneWarnings);
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }

    private async Task AddAsync(string name)
    {
        var set = new RecordSet(DnsName.Parse(name), RecordType.A, 60, [[10, 9, 9, 9]]);
        Assert.Null(await _world.Loop.SubmitAsync(
            new Change("update", inputs => inputs with { Zones = inputs.Zones.WithSets(Org, [set]) }) { Zone = Org })
            .WaitAsync(World.Limit));
    }
}
