using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Serving;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Running.Features;
using Meridian.State;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Running.Features;

public sealed class SecondarySetTests : IAsyncDisposable, IZoneDataStore
{
    private static readonly DnsName Org = DnsName.Parse("example.org.");
    private static readonly DnsName Net = DnsName.Parse("example.net.");

    // Nobody listens there: a transfer over TCP fails at once and is told.
    private static readonly Peer Away = new(new IPEndPoint(IPAddress.Loopback, 1), null);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<string> _log = [];
    private readonly ConcurrentQueue<string> _checked = [];
    private readonly UdpClient _primary = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly SecondarySet _set;

    public SecondarySetTests() => _set = new SecondarySet(this, _ => null, _time, _ => { }, _log.Enqueue)
    {
        Remembered = ImmutableDictionary<DnsName, (ImmutableArray<MasterRecord>, DateTimeOffset)>.Empty
            .Add(Net, (Zone, _time.GetUtcNow())),
    };

    [Fact]
    public async Task A_zone_with_the_same_primaries_goes_on_undisturbed()
    {
        _set.Follow([(Org, [Away])]);
        await ToldAsync(Org, 1);

        _set.Follow([(Org, [Away]), (DnsName.Parse("other.example."), [Away])]);
        await ToldAsync(DnsName.Parse("other.example."), 1);

        Assert.Equal(1, TellsOf(Org)); // beginning anew would have asked again
    }

    [Fact]
    public async Task A_zone_that_a_person_wants_refreshed_asks_its_primaries_now()
    {
        _set.Follow([(Org, [Away])]);
        await ToldAsync(Org, 1);

        _set.Refresh(Net); // which nobody follows
        _set.Refresh(Org);

        await ToldAsync(Org, 2);
    }

    [Fact]
    public async Task A_zone_begins_with_what_the_store_had_of_it_and_keeps_that_it_is_current()
    {
        _set.Follow([(Net, [Primary])]);

        await ConfirmAsync();

        await Wait.UntilAsync(() => !_checked.IsEmpty, Seen);
        Assert.Equal(["example.net. 2026-01-01"], _checked);
    }

    [Fact]
    public async Task A_zone_with_other_primaries_goes_on_from_what_it_has()
    {
        _set.Follow([(Net, [Away])]);

        _set.Follow([(Net, [Primary])]);

        await ConfirmAsync(); // it asks whether its version is current: it has one
        await Wait.UntilAsync(() => !_checked.IsEmpty, Seen);
    }

    [Fact]
    public async Task A_zone_without_primaries_or_that_nobody_wants_any_more_is_not_followed()
    {
        _set.Follow([(Org, [Away])]);
        await ToldAsync(Org, 1);

        _set.Follow([(Org, []), (DnsName.Parse("other.example."), [Away])]);
        await ToldAsync(DnsName.Parse("other.example."), 1);
        _set.Refresh(Org);
        _set.Follow([(Org, []), (DnsName.Parse("third.example."), [Away])]);
        await ToldAsync(DnsName.Parse("third.example."), 1);

        Assert.Equal(1, TellsOf(Org));
    }

    [Fact]
    public async Task A_zone_whose_refresh_does_not_end_is_named()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        _set.Follow([(Org, [new Peer((IPEndPoint)silent.LocalEndpoint, null)])]);
        using var connection = await silent.AcceptTcpClientAsync(TestTime.Token(30));
        Assert.Null(_set.Stalled);

        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal(Org, _set.Stalled);
    }

    public async ValueTask DisposeAsync()
    {
        await _set.DisposeAsync();
        _primary.Dispose();
    }

    private static ImmutableArray<MasterRecord> Zone { get; } = [.. MasterFile.Read("kept",
        "$TTL 60\n@ SOA ns hostmaster 7 7200 1800 259200 30\n@ NS ns\nns A 10.0.0.9\n", Net, _ => null).Records];

    private Peer Primary => new((IPEndPoint)_primary.Client.LocalEndPoint!, null);

    private int TellsOf(DnsName origin) =>
        _log.Count(l => l.StartsWith($"zone {origin}: ", StringComparison.Ordinal));

    private Task ToldAsync(DnsName origin, int times) => Wait.UntilAsync(() => TellsOf(origin) >= times, Seen);

    private string Seen() => string.Join('\n', [.. _log, .. _checked]);

    // Answers the question for the SOA with the version that the zone has.
    private async Task ConfirmAsync()
    {
        var query = await _primary.ReceiveAsync(TestTime.Token(30));
        var soa = Zone.Single(r => r.Type == RecordType.SOA);
        var buffer = new byte[512];
        var writer = new MessageWriter(buffer, (ushort)((query.Buffer[0] << 8) | query.Buffer[1]), 0x8400);
        writer.Question(Net, RecordType.SOA);
        Assert.True(writer.TryAnswer(Net, RecordType.SOA, soa.Ttl, soa.Data));
        await _primary.SendAsync(buffer.AsMemory(0, writer.Length), query.RemoteEndPoint, TestTime.Token(30));
    }

    void IZoneDataStore.SaveChecked(string origin, DateTimeOffset at) => _checked.Enqueue($"{origin} {at:yyyy-MM-dd}");

    ImmutableArray<StoredZone> IZoneDataStore.ReadZones() => [];

    ImmutableDictionary<string, uint> IZoneDataStore.ReadSerials() => ImmutableDictionary<string, uint>.Empty;

    ImmutableArray<StoredRecordSet> IZoneDataStore.ReadRecordSets() => [];

    void IZoneDataStore.SaveZone(StoredZone zone)
    {
    }

    void IZoneDataStore.SaveSerial(string origin, uint serial)
    {
    }

    void IZoneDataStore.ReplaceRecordSets(string zone, IReadOnlyCollection<StoredRecordSet> sets)
    {
    }

    Task<string?> IZoneDataStore.SaveRecordSetsAsync(IReadOnlyCollection<StoredRecordSet> sets) =>
        Task.FromResult<string?>(null);
}
