using System.Net;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Support;

/// <summary>A response taken apart, for tests to look at.</summary>
internal sealed class Reply
{
    private Reply(ushort id, ushort flags)
    {
        Id = id;
        Flags = flags;
    }

    public ushort Id { get; }

    public ushort Flags { get; }

    public int Code { get; private set; }

    public bool Authoritative => (Flags & 0x0400) != 0;

    public bool Truncated => (Flags & 0x0200) != 0;

    public string Question { get; private set; } = "";

    /// <summary>Each record as <c>name ttl TYPE data</c>.</summary>
    public List<string> Answer { get; } = [];

    public List<string> Authority { get; } = [];

    public List<string> Additional { get; } = [];

    public bool HasOpt { get; private set; }

    public bool DnssecOk { get; private set; }

    /// <summary>EDNS option code → data.</summary>
    public Dictionary<int, byte[]> Options { get; } = [];

    public int Length { get; private set; }

    public static Reply Parse(ReadOnlySpan<byte> message)
    {
        var reader = new DnsReader(message);
        var id = ReadNumber(ref reader);
        var flags = ReadNumber(ref reader);
        var reply = new Reply(id, flags) { Code = flags & 0xF, Length = message.Length };
        var questions = ReadNumber(ref reader);
        var answers = ReadNumber(ref reader);
        var authorities = ReadNumber(ref reader);
        var additionals = ReadNumber(ref reader);
        if (questions == 1)
        {
            reply.Question = ReadName(ref reader);
            Assert.True(reader.TryReadUInt32(out _));
        }

        for (var i = 0; i < answers; i++)
            reply.Answer.Add(reply.ReadRecord(ref reader)!);
        for (var i = 0; i < authorities; i++)
            reply.Authority.Add(reply.ReadRecord(ref reader)!);
        for (var i = 0; i < additionals; i++)
        {
            if (reply.ReadRecord(ref reader) is { } record)
                reply.Additional.Add(record);
        }

        Assert.True(reader.AtEnd, "the response has octets after its end");
        return reply;
    }

    private string? ReadRecord(ref DnsReader reader)
    {
        var owner = ReadName(ref reader);
        var type = ReadNumber(ref reader);
        ReadNumber(ref reader);
        Assert.True(reader.TryReadUInt32(out var ttl));
        var length = ReadNumber(ref reader);
        var start = reader.Position;
        if ((RecordType)type == RecordType.OPT)
        {
            ReadOpt(ref reader, ttl, length);
            return null;
        }

        var text = (RecordType)type switch
        {
            RecordType.NS or RecordType.CNAME or RecordType.DNAME or RecordType.PTR => ReadName(ref reader),
            RecordType.MX => $"{ReadNumber(ref reader)} {ReadName(ref reader)}",
            RecordType.SOA => $"{ReadName(ref reader)} {ReadName(ref reader)}",
            _ => null,
        };
        if (text is null || (RecordType)type == RecordType.SOA)
        {
            Assert.True(reader.TryReadBytes(length - (reader.Position - start), out var data));
            text = (RecordType)type is RecordType.A or RecordType.AAAA ? new IPAddress(data).ToString()
                : (RecordType)type == RecordType.SOA ? text!
                : Convert.ToHexString(data);
        }

        Assert.Equal(length, reader.Position - start);
        return $"{owner} {ttl} {RecordTypes.Name((RecordType)type)} {text}";
    }

    private void ReadOpt(ref DnsReader reader, uint ttl, int length)
    {
        HasOpt = true;
        DnssecOk = (ttl & 0x8000) != 0;
        Code |= (int)(ttl >> 24) << 4;
        var end = reader.Position + length;
        while (reader.Position < end)
        {
            var code = ReadNumber(ref reader);
            Assert.True(reader.TryReadBytes(ReadNumber(ref reader), out var data));
            Options[code] = data.ToArray();
        }
    }

    private static ushort ReadNumber(ref DnsReader reader)
    {
        Assert.True(reader.TryReadUInt16(out var number));
        return number;
    }

    private static string ReadName(ref DnsReader reader)
    {
        Span<byte> name = stackalloc byte[255];
        Assert.True(reader.TryReadName(name, out var length), "a name in the response cannot be read");
        return DnsName.FromWire(name[..length]).ToString();
    }
}
