using System.Collections.Immutable;
using System.Net;
using Meridian.Dns.Answering;
using Meridian.Dns.Records;
using Meridian.Dns.Serving;
using Meridian.Dns.Sockets;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Transfers;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Dns.Tests.Transfers;

public sealed class TransferTests
{
    private static readonly DnsName Origin = DnsName.Parse("example.org");
    private static readonly ZonePolicy Open =
        new() { Transfer = [new AccessRule(null, [IPNetwork.Parse("127.0.0.0/8")])] };
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_whole_zone_arrives_as_it_was_sent()
    {
        var zone = Zone(TestZones.Example);
        var transfer = new TransferIn(Origin, []);
        Assert.True((await MessagesAsync(zone, RecordType.AXFR, null)).Select(m => transfer.Receive(m)).Last());
        Assert.Equal(Lines(zone), Lines(transfer.Records));
    }

    [Fact]
    public async Task A_time_to_live_beyond_31_bits_arrives_as_0()
    {
        var zone = Zone("@ 60 SOA ns1 h 1 1 1 1 1\n@ 60 NS ns1\nns1 60 A 10.0.0.53");
        var builder = new ZoneBuilder(Origin, Open);
        foreach (var record in Records(zone))
            builder.Add(record.Type == RecordType.A ? record with { Ttl = 0x8000_0001 } : record);
        var transfer = new TransferIn(Origin, []);
        foreach (var message in await MessagesAsync(builder.Build(out _)!, RecordType.AXFR, null))
            transfer.Receive(message);

        Assert.Equal(0u, transfer.Records.Single(r => r.Type == RecordType.A).Ttl);
    }

    [Fact]
    public void A_record_that_cannot_be_taken_is_named()
    {
        var buffer = new byte[512];
        var writer = new MessageWriter(buffer, 7, 0x8000);
        writer.Question(Origin, RecordType.AXFR);
        var soa = Records(Zone("$TTL 60\n@ SOA ns1 h 1 1 1 1 1\n@ NS ns1\nns1 A 10.0.0.53"))
            .Single(r => r.Type == RecordType.SOA);
        Assert.True(writer.TryAnswer(Origin, RecordType.SOA, 60, soa.Data));
        Assert.True(writer.TryAnswer(DnsName.Parse("x.example.org"), RecordType.CAA, 60, [0, 200, 1]));
        var message = buffer[..writer.Length];

        var fault = Assert.Throws<TransferException>(() => new TransferIn(Origin, []).Receive(message));
        Assert.Equal("the data of x.example.org. CAA is none of that type", fault.Message);
    }

    [Fact]
    public void A_change_removes_a_record_however_the_names_in_it_are_written()
    {
        var before = Records(Zone("$TTL 60\n@ SOA ns1 h 1 1 1 1 1\n@ NS ns1\nns1 A 10.0.0.53\n@ MX 10 Mail")).ToArray();
        var transfer = new TransferIn(Origin, [.. before]);
        var soa = before.Single(r => r.Type == RecordType.SOA).Data;
        var next = Soa.WithSerial(soa, 2);
        var buffer = new byte[1024];
        var writer = new MessageWriter(buffer, 7, 0x8000);
        writer.Question(Origin, RecordType.IXFR);
        byte[] mail = [0, 10, .. DnsName.Parse("mAIL.example.org").Wire];
        foreach (var (type, data) in (IEnumerable<(RecordType, byte[])>)[(RecordType.SOA, next), (RecordType.SOA, soa),
            (RecordType.MX, mail), (RecordType.SOA, next), (RecordType.SOA, next)])
            Assert.True(writer.TryAnswer(Origin, type, 60, data));

        Assert.True(transfer.Receive(buffer.AsSpan(0, writer.Length)));
        Assert.DoesNotContain(transfer.Records, r => r.Type == RecordType.MX);
    }

    [Fact]
    public async Task A_zone_of_many_messages_arrives_whole()
    {
        var zone = Zone(TestZones.Example + "\n"
            + string.Join("\n", Enumerable.Range(0, 5000).Select(i => $"host{i} A 10.0.{i / 256}.{i % 256}")));
        var messages = await MessagesAsync(zone, RecordType.AXFR, null);
        Assert.InRange(messages.Count, 5, 20);
        var transfer = new TransferIn(Origin, []);
        Assert.All(messages.SkipLast(1), m => Assert.False(transfer.Receive(m)));
        Assert.True(transfer.Receive(messages[^1]));
        Assert.Equal(Lines(zone), Lines(transfer.Records));
    }

    [Fact]
    public async Task Changes_of_several_versions_bring_a_copy_up_to_date()
    {
        var publisher = new ZonePublisher(Time);
        var versions = new List<AuthoritativeZone>();
        foreach (var text in (string[])["www A 10.0.0.1\nold TXT \"gone\"", "www A 10.0.0.2",
            "www A 10.0.0.2\nwww A 10.0.0.3", "www 60 A 10.0.0.3"])
        {
            var (served, changed) = publisher.Publish(
                new ZoneSet([Zone($"$TTL 300\n@ SOA ns1 h 1 1 1 1 1\n@ NS ns1\nns1 A 10.0.0.53\n{text}")]));
            Assert.Equal([Origin], changed);
            versions.Add(served.Find(Origin.Canonical)!);
        }

        Assert.Equal([1, 2, 3], versions.Skip(1).Select(v => v.Changes.Length));
        Assert.All(versions.Zip(versions.Skip(1)), p => Assert.True(Soa.IsLater(p.Second.Serial, p.First.Serial)));
        foreach (var old in versions.SkipLast(1))
        {
            var messages = await MessagesAsync(versions[^1], RecordType.IXFR, old.Soa);
            var transfer = new TransferIn(Origin, [.. Records(old)]);
            Assert.True(messages.Select(m => transfer.Receive(m)).Last());
            Assert.True(transfer.Incremental);
            Assert.Equal(Lines(versions[^1]), Lines(transfer.Records));
        }
    }

    [Fact]
    public void A_zone_that_did_not_change_keeps_its_serial()
    {
        var publisher = new ZonePublisher(Time);
        publisher.Publish(new ZoneSet([Zone(TestZones.Example)]));
        Assert.Empty(publisher.Publish(new ZoneSet([Zone(TestZones.Example)])).Changed);
    }

    [Fact]
    public async Task Who_is_current_gets_the_SOA_alone()
    {
        var zone = Zone(TestZones.Example);
        var message = Assert.Single(await MessagesAsync(zone, RecordType.IXFR, zone.Soa));
        var transfer = new TransferIn(Origin, [.. Records(zone)]);
        Assert.True(transfer.Receive(message));
        Assert.True(transfer.UpToDate);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_and_says_why()
    {
        var messages = await MessagesAsync(Zone(TestZones.Example), RecordType.AXFR, null);
        Assert.Throws<TransferException>(() => new TransferIn(DnsName.Parse("example.net"), []).Receive(messages[0]));
        Assert.Throws<TransferException>(() => new TransferIn(Origin, [])
            .Receive(messages[0].AsSpan(0, messages[0].Length - 1)));
        var done = new TransferIn(Origin, []);
        done.Receive(messages[0]);
        Assert.Throws<TransferException>(() => done.Receive(messages[0]));
        var refused = (byte[])messages[0].Clone();
        refused[3] |= 5;
        Assert.Contains("Refused",
            Assert.Throws<TransferException>(() => new TransferIn(Origin, []).Receive(refused)).Message);
    }

    [Fact]
    public async Task Hostile_octets_in_a_transfer_cost_a_bounded_amount_and_nothing_else()
    {
        var message = (await MessagesAsync(Zone(TestZones.Example), RecordType.AXFR, null))[0];
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var changed = (byte[])message.Clone();
            for (var k = random.Next(1, 4); k > 0; k--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                new TransferIn(Origin, []).Receive(changed);
            }
            catch (TransferException)
            {
                // Refused with a reason.
            }
        }
    }

    [Fact]
    public void Kept_records_are_read_as_written_and_damage_is_noticed()
    {
        var records = Records(Zone(TestZones.Example)).ToImmutableArray();
        var octets = ZoneBytes.Write(records);
        Assert.Equal(Lines(records), Lines(ZoneBytes.Read(octets)!.Value));
        Assert.Null(ZoneBytes.Read(octets.AsSpan(0, octets.Length - 1)));
    }

    private static AuthoritativeZone Zone(string text) => TestZones.Build("example.org", text, policy: Open);

    private static IEnumerable<MasterRecord> Records(AuthoritativeZone zone) =>
        zone.Nodes.SelectMany(n => n.Sets).Where(s => s.Type != RecordType.SOA).Append(zone.Soa)
            .SelectMany(s => s.Data.Select(d => new MasterRecord(s.Owner, s.Type, s.Ttl, d, "", 0)));

    private static IEnumerable<string> Lines(AuthoritativeZone zone) => Lines(Records(zone));

    private static IEnumerable<string> Lines(IEnumerable<MasterRecord> records) =>
        records.Select(r => $"{r.Owner} {r.Ttl} {r.Type} {Convert.ToHexString(r.Data)}".ToLowerInvariant())
        .Order(StringComparer.Ordinal);

    private static async Task<List<byte[]>> MessagesAsync(AuthoritativeZone zone, RecordType type, RecordSet? since)
    {
        var holder = new ZoneHolder { Current = new ZoneSet([zone]) };
        var responder = new Responder(new ResponderOptions { DefersSlowMessages = true });
        using var service = new MessageService(responder, holder, new NoChanges(), Time, _ => { });
        var messages = new List<byte[]>();
        await service.HandleAsync(Query(type, since), IPAddress.Loopback, Transport.Tcp, m =>
        {
            messages.Add(m.ToArray());
            return ValueTask.CompletedTask;
        }, default);
        return messages;
    }

    private static byte[] Query(RecordType type, RecordSet? soa)
    {
        var buffer = new byte[512];
        var writer = new MessageWriter(buffer, 7, 0);
        writer.Question(Origin, type);
        if (soa is not null)
            writer.TryAuthority(Origin, RecordType.SOA, soa.Ttl, soa.Data[0]);
        return buffer[..writer.Length];
    }

    private sealed class NoChanges : IZoneChanges
    {
        public void Notified(AuthoritativeZone zone, IPAddress primary) => Assert.Fail("nobody notifies here");

        public ValueTask<bool> ApplyAsync(AuthoritativeZone zone, Func<AuthoritativeZone, ZoneUpdate?> evaluate,
            CancellationToken cancellationToken) => ValueTask.FromResult(false);
    }
}
