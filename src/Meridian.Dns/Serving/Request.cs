using System.Buffers.Binary;
using Meridian.Dns.Records;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Serving;

/// <summary>A message whose signature is checked and removed and whose question is read.</summary>
internal sealed class Request
{
    private const int AdditionalCountAt = 10;

    private Request(byte[] body, TsigSession? session)
    {
        Body = body;
        Session = session;
        Id = BinaryPrimitives.ReadUInt16BigEndian(body);
        OpCode = (OpCode)((body[2] >> 3) & 0xF);
        ReadQuestion();
    }

    /// <summary>The message without its signature.</summary>
    public byte[] Body { get; }

    /// <summary>The session of the key that signed the message, which also signs the answer; null for none.</summary>
    public TsigSession? Session { get; }

    /// <summary>The response to send where the signature is wrong; null where it is not.</summary>
    public byte[]? Refusal { get; private init; }

    public ushort Id { get; }

    public OpCode OpCode { get; }

    /// <summary>The name in the question; null where it cannot be read.</summary>
    public DnsName? Name { get; private set; }

    public RecordType Type { get; private set; }

    /// <summary>
    /// Serial of the SOA record in the authority section: the version that a secondary has (RFC 1995 section 3).
    /// </summary>
    public uint? Serial { get; private set; }

    public static Request Read(ReadOnlySpan<byte> message, ZoneSet zones, DateTimeOffset now)
    {
        if (!TsigRecord.TryRead(message, out var record, out var malformed))
        {
            var plain = new Request(message.ToArray(), null);
            return malformed ? new Request(plain.Body, null) { Refusal = plain.Reply(ResponseCode.FormErr) } : plain;
        }

        var body = record.Signed.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(AdditionalCountAt),
            (ushort)(BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(AdditionalCountAt)) - 1));
        var error = TsigError.BadKey;
        var session = zones.Keys.GetValueOrDefault(DnsName.FromWire(record.Key)) is { } key
            ? TsigSession.Accept(record, key, now, out error) : null;
        if (error == TsigError.None)
            return new Request(body, session);

        var reply = new Request(body, null)
            .Reply(error == TsigError.Malformed ? ResponseCode.FormErr : ResponseCode.NotAuth);
        var buffer = new byte[reply.Length + (2 * TsigSession.MaxLength)];
        reply.CopyTo(buffer, 0);
        var length = error == TsigError.Malformed ? reply.Length
            : session?.Sign(buffer, reply.Length, now, error)
            ?? TsigSession.Refuse(buffer, reply.Length, record, error);
        return new Request(body, null) { Refusal = buffer[..length] };
    }

    /// <summary>A response with a code and the question, without records.</summary>
    public byte[] Reply(ResponseCode code, bool authoritative = false)
    {
        var buffer = new byte[12 + DnsName.MaxLength + 4];
        var flags = 0x8000 | ((int)OpCode << 11) | (authoritative ? 0x0400 : 0) | ((int)code & 0xF);
        var writer = new MessageWriter(buffer, Id, (ushort)flags);
        if (Name is not null)
            writer.Question(Name, Type);
        return buffer[..writer.Length];
    }

    private void ReadQuestion()
    {
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        var reader = new DnsReader(Body);
        if (!reader.TryReadUInt32(out _) || !reader.TryReadUInt16(out var questions) || questions != 1
            || !reader.TryReadUInt16(out var answers) || !reader.TryReadUInt16(out var authorities)
            || !reader.TryReadUInt16(out _)
            || !reader.TryReadName(name, out var length) || !reader.TryReadUInt16(out var type)
            || !reader.TryReadUInt16(out _))
            return;
        Name = DnsName.FromWire(name[..length]);
        Type = (RecordType)type;
        if (answers > 0 || authorities != 1 || Type != RecordType.IXFR || !reader.TrySkipName()
            || !reader.TryReadUInt16(out var owned)
            || owned != (ushort)RecordType.SOA || !reader.TryReadUInt16(out _) || !reader.TryReadUInt32(out _)
            || !RDataReader.TryRead(ref reader, RecordType.SOA, out var soa)
            || !RDataFormat.IsValid(RecordType.SOA, soa))
            return;
        Serial = Soa.SerialOf(soa);
    }
}
