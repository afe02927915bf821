using System.Buffers;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Sends a zone to a secondary: whole (RFC 5936) or as changes (RFC 1995), in as many messages as it takes.
/// </summary>
internal sealed class TransferOut(
    AuthoritativeZone zone, ushort id, RecordType asked, TsigSession? session, TimeProvider time)
{
    /// <summary>Octets of a message. Compression pointers reach 16,383; beyond that nothing is compressed.</summary>
    private const int MessageLimit = 16_000;

    private const ushort Flags = 0x8400;

    /// <summary>The records of a whole transfer.</summary>
    public static IEnumerable<RecordSet> Whole(AuthoritativeZone zone, DateTimeOffset now) =>
        [zone.Soa, .. zone.Signer is { } signer ? SignedContent.Of(zone, signer, now) : ZoneContent.Of(zone), zone.Soa];

    /// <summary>The records of a transfer since a version; null where that version is not remembered.</summary>
    public static IEnumerable<RecordSet>? Since(AuthoritativeZone zone, uint serial)
    {
        if (serial == zone.Serial || Soa.IsLater(serial, zone.Serial))
            return [zone.Soa];
        var first = zone.Changes.ToList().FindIndex(c => Soa.SerialOf(c.From) == serial);

        // Signatures and proofs change with every record, so a signed zone is sent whole.
        if (first < 0 || zone.Signer is not null)
            return null;

        // RFC 1995 section 4: each change is the old SOA, the removed records, the new SOA, the added records.
        return [zone.Soa, .. zone.Changes.Skip(first)
            .SelectMany(c => (IEnumerable<RecordSet>)[c.From, .. c.Removed, c.To, .. c.Added]), zone.Soa];
    }

    /// <summary>Sends the records.</summary>
    /// <param name="records">The records, the SOA first and last.</param>
    /// <param name="send">Sends one message.</param>
    public async ValueTask SendAsync(IEnumerable<RecordSet> records, Func<ReadOnlyMemory<byte>, ValueTask> send)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue + 1);
        try
        {
            using var pending = records.SelectMany(s => s.Data.Select(d => (Set: s, Data: d))).GetEnumerator();
            var more = pending.MoveNext();
            for (var first = true; more; first = false)
            {
                var length = Fill(buffer, pending, first, ref more);
                if (session is not null)
                    length = session.Sign(buffer, length, time.GetUtcNow());
                await send(buffer.AsMemory(0, length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int Fill(byte[] buffer, IEnumerator<(RecordSet Set, byte[] Data)> pending, bool first, ref bool more)
    {
        var writer = new MessageWriter(buffer.AsSpan(0, ushort.MaxValue - TsigSession.MaxLength), id, Flags);
        if (first)
            writer.Question(zone.Origin, asked);
        var empty = writer.Length;
        while (more && writer.Length < MessageLimit && TryWrite(ref writer, pending.Current))
            more = pending.MoveNext();

        // A record that fits no message at all is skipped: it would stop the transfer for ever.
        if (more && writer.Length == empty)
            more = pending.MoveNext();
        return writer.Length;
    }

    private static bool TryWrite(ref MessageWriter writer, (RecordSet Set, byte[] Data) record) =>
        writer.TryAnswer(record.Set.Owner, record.Set.Type, record.Set.Ttl, record.Data);
}
