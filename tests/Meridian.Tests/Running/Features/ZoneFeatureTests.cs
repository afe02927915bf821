using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Sockets;
using Meridian.Dns.Transfers;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Steering.Plans;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running.Features;

public sealed class ZoneFeatureTests : IAsyncDisposable, IZoneDataStore
{
    private static readonly DnsName Elsewhere = DnsName.Parse("example.net.");

    private readonly World _world = new(
        TestYaml.Part("Zone", "elsewhere", "{origin: example.net, primaries: [{address: \"127.0.0.1:1\"}]}")
        + World.Endpoint("app", "10.0.0.1").Replace("app.example.org", "app.example.net", StringComparison.Ordinal));
    private readonly List<StoredZone> _saved = [];
    private readonly Dictionary<string, uint> _serials = [];
    private readonly ZoneHolder _holder = new();
    private readonly ZoneFeature _zones;
    private readonly TaskCompletionSource<string?> _written = new();
    private Action _saving = () => { };

    public ZoneFeatureTests()
    {
        _zones = new ZoneFeature(_holder, this, _world.Loop, _world.Time, _ => { }, _ => { });
        _world.Start(_zones);
    }

    [Fact]
    public async Task An_update_whose_client_has_left_ends_with_its_change_so_that_the_next_one_builds_on_it()
    {
        var origin = DnsName.Parse("example.org.");
        var deleted = new RecordSet(DnsName.Parse("www.example.org."), RecordType.A, 0, []);
        using var left = new CancellationTokenSource();
        var applying = _zones.ApplyAsync(_holder.Current.Find(origin.Canonical)!, _ => new ZoneUpdate([deleted]),
            left.Token).AsTask();

        await left.CancelAsync();
        await _world.SettleAsync();
        Assert.False(applying.IsCompleted);
        _written.SetResult(null);

        Assert.True(await applying.WaitAsync(World.Limit));
        Assert.Single(_world.Loop.State.Inputs.Zones.UpdatedOf(origin));
    }

    [Fact]
    public async Task A_transfer_that_cannot_be_served_does_not_replace_the_good_one_in_the_store()
    {
        Assert.Null(await ReceiveAsync("@ SOA ns1 hostmaster 1 7200 1800 259200 30\n@ NS ns1\nns1 A 10.0.0.9\n"));
        var good = Assert.Single(_saved);

        // The primary adds a name that is steered here.
        Assert.Null(await ReceiveAsync(
            "@ SOA ns1 hostmaster 2 7200 1800 259200 30\n@ NS ns1\nns1 A 10.0.0.9\napp A 10.0.0.8\n"));

        Assert.True(_world.Loop.State.ZoneFailures[Elsewhere].IsKept);
        Assert.Equal(good, Assert.Single(_saved));
        Assert.Equal(1u, _world.Loop.State.Zones.Find(Elsewhere.Canonical)!.Serial);

        Assert.Null(await ReceiveAsync("@ SOA ns1 hostmaster 3 7200 1800 259200 30\n@ NS ns1\nns1 A 10.0.0.9\n"));
        Assert.Empty(_world.Loop.State.ZoneFailures);
        Assert.Equal(2, _saved.Count);
    }

    [Fact]
    public async Task A_zone_that_others_copy_goes_on_from_the_serial_that_was_kept_and_keeps_the_next()
    {
        _serials["copied.example."] = 9;
        await using var world = new World(TestYaml.Part("Zone", "own", "{origin: copied.example, "
            + "transfer: [{networks: [127.0.0.0/8]}], soa: {serial: 7}, nameServers: [{name: ns.example.net}]}"));
        await using var zones = new ZoneFeature(_holder, this, world.Loop, world.Time, _ => { }, _ => { });
        world.Start(zones);
        await world.SettleAsync();

        Assert.Equal(9 + ZonePublisher.Gap, _serials["copied.example."]);
        Assert.DoesNotContain("example.org.", _serials); // nobody copies it
    }

    [Fact]
    public async Task A_verdict_does_not_wait_for_the_versions_of_zones_that_others_copy()
    {
        await using var world = new World(World.Endpoint("app", "10.0.0.1", "10.0.0.2")
            + TestYaml.Part("Zone", "own", "{origin: app.example.org, transfer: [{networks: [127.0.0.0/8]}], "
                + "nameServers: [{name: ns.example.net}]}"));
        await using var zones = new ZoneFeature(_holder, this, world.Loop, world.Time, _ => { }, _ => { });
        world.Start(zones);
        var before = SerialOfApp();
        using var hold = new ManualResetEventSlim();
        using var publishing = new SemaphoreSlim(0);
        _saving = () =>
        {
            publishing.Release();
            hold.Wait(World.Limit);
        };
        try
        {
            world.Turn("app", "10.0.0.1", VerdictState.Down);
            Assert.True(await publishing.WaitAsync(World.Limit));
            world.Turn("app", "10.0.0.2", VerdictState.Down);
            await world.SettleAsync();
            Assert.NotEqual(PoolState.Up, world.StateOf("app", 1));

            world.Time.Advance(TimeSpan.FromMinutes(3));
            Assert.True(zones.IsPublicationStalled);
        }
        finally
        {
            hold.Set();
        }

        await zones.WhenActed().WaitAsync(World.Limit);
        Assert.False(zones.IsPublicationStalled);
        Assert.True(Soa.IsLater(SerialOfApp(), before + 1)); // both verdicts are versions

        uint SerialOfApp() => _holder.Current.Find(DnsName.Parse("app.example.org.").Canonical)!.Serial;
    }

    private Task<ChangeRefusal?> ReceiveAsync(string text) => _zones.ReceiveAsync(Elsewhere, _world.Time.GetUtcNow(),
        MasterFile.Read("transfer", $"$TTL 60\n{text}", Elsewhere, _ => null).Records).WaitAsync(World.Limit);

    ImmutableArray<StoredZone> IZoneDataStore.ReadZones() => [];

    ImmutableDictionary<string, uint> IZoneDataStore.ReadSerials() => _serials.ToImmutableDictionary();

    void IZoneDataStore.SaveSerial(string origin, uint serial)
    {
        _saving();
        _serials[origin] = serial;
    }

    ImmutableArray<StoredRecordSet> IZoneDataStore.ReadRecordSets() => [];

    void IZoneDataStore.SaveZone(StoredZone zone) => _saved.Add(zone);

    void IZoneDataStore.SaveChecked(string origin, DateTimeOffset at)
    {
    }

    Task<string?> IZoneDataStore.SaveRecordSetsAsync(IReadOnlyCollection<StoredRecordSet> sets) => _written.Task;

    void IZoneDataStore.ReplaceRecordSets(string zone, IReadOnlyCollection<StoredRecordSet> sets) =>
        throw new NotSupportedException("nothing is shared here");

    public async ValueTask DisposeAsync()
    {
        _written.TrySetResult(null);
        await _world.DisposeAsync();
        await _zones.DisposeAsync();
    }
}
