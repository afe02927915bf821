using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Sockets;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running.Features;

public sealed class ZoneFeatureTests : IAsyncDisposable, IZoneDataStore
{
    private readonly World _world = new();
    private readonly ZoneHolder _holder = new();
    private readonly ZoneFeature _zones;
    private readonly TaskCompletionSource<string?> _written = new();

    public ZoneFeatureTests()
    {
        _zones = new ZoneFeature(_holder, this, _world.Loop, _world.Time, _ => { });
        _world.Start(_zones);
    }

    [Fact]
    public async Task An_update_whose_client_has_left_ends_with_its_change_so_that_the_next_one_builds_on_it()
    {
        var origin = DnsName.Parse("example.org.");
        var deleted = new RecordSet(DnsName.Parse("www.example.org."), RecordType.A, 0, []);
        using var left = new CancellationTokenSource();
        var applying = _zones.ApplyAsync(_holder.Current.Find(origin.Canonical)!, new ZoneUpdate([deleted]), left.Token)
            .AsTask();

        await left.CancelAsync();
        await _world.SettleAsync();
        Assert.False(applying.IsCompleted);
        _written.SetResult(null);

        Assert.True(await applying.WaitAsync(World.Limit));
        Assert.Single(_world.Loop.State.Inputs.Zones.UpdatedOf(origin));
    }

    ImmutableArray<StoredZone> IZoneDataStore.ReadZones() => [];

    ImmutableArray<StoredRecordSet> IZoneDataStore.ReadRecordSets() => [];

    void IZoneDataStore.SaveZone(StoredZone zone)
    {
    }

    void IZoneDataStore.SaveChecked(string origin, DateTimeOffset at)
    {
    }

    Task<string?> IZoneDataStore.SaveRecordSetsAsync(IReadOnlyCollection<StoredRecordSet> sets) => _written.Task;

    public async ValueTask DisposeAsync()
    {
        _written.TrySetResult(null);
        await _world.DisposeAsync();
        await _zones.DisposeAsync();
    }
}
