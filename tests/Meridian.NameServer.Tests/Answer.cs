using System.Net;
using Meridian.Dns.Answering;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.NameServer.Tests;

/// <summary>What a response says: addresses as text, and the types of other records.</summary>
internal sealed record Answer(List<string> Records, int Scope, ResponseCode Code, ExtendedError Error, bool Signed)
{
    private static readonly Responder Responder = new(new ResponderOptions());

    /// <summary>Asks a responder that serves these zones, with EDNS.</summary>
    public static Answer To(ZoneSet zones, string name, RecordType type = RecordType.A, bool dnssec = false)
    {
        var response = new byte[1232];
        byte[] query = [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, .. DnsName.Parse(name).Wire, 0, (byte)type, 0, 1,
            0, 0, 41, 4, 208, 0, 0, (byte)(dnssec ? 0x80 : 0), 0, 0, 0];
        var requester = new Requester([127, 0, 0, 1], Transport.Udp, 1, DateTimeOffset.UtcNow);
        return Read(response.AsSpan(0, Responder.Respond(zones, query, response, requester).Length));
    }

    public static Answer Read(ReadOnlySpan<byte> response)
    {
        var reader = new DnsReader(response);
        var header = new ushort[6];
        for (var i = 0; i < 6; i++)
            Assert.True(reader.TryReadUInt16(out header[i]));
        Assert.True(reader.TrySkipName() && reader.TryReadUInt32(out _));
        var answer = new Answer([], -1, (ResponseCode)(header[1] & 0xF), ExtendedError.None, false);
        for (var i = 0; i < header[3] + header[4] + header[5]; i++)
        {
            Assert.True(reader.TrySkipName());
            Assert.True(reader.TryReadUInt16(out var number));
            Assert.True(reader.TryReadUInt16(out _) && reader.TryReadUInt32(out _));
            Assert.True(reader.TryReadUInt16(out var size));
            Assert.True(reader.TryReadBytes(size, out var data));
            var type = (RecordType)number;
            if (type == RecordType.RRSIG)
                answer = answer with { Signed = true };
            else if (type == RecordType.OPT)
                answer = answer.WithOptions(data);
            else if (i < header[3])
                answer.Records.Add(type is RecordType.A or RecordType.AAAA
                    ? new IPAddress(data).ToString() : RecordTypes.Name(type));
        }

        return answer;
    }

    private Answer WithOptions(ReadOnlySpan<byte> options)
    {
        var answer = this;
        var reader = new DnsReader(options);
        while (reader.TryReadUInt16(out var code))
        {
            Assert.True(reader.TryReadUInt16(out var size));
            Assert.True(reader.TryReadBytes(size, out var data));
            if (code == (ushort)EdnsOption.ClientSubnet)
                answer = answer with { Scope = data[3] };
            else if (code == (ushort)EdnsOption.ExtendedError)
                answer = answer with { Error = (ExtendedError)((data[0] << 8) | data[1]) };
        }

        return answer;
    }
}
