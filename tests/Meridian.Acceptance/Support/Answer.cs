using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Wire;

namespace Meridian.Acceptance.Support;

/// <summary>A DNS answer, as far as tests look at it.</summary>
internal sealed record Answer(int Code, ImmutableArray<string> Addresses, uint Ttl)
{
    public override string ToString() => $"rcode {Code}: {string.Join(", ", Addresses)} ttl {Ttl}";

    public static async Task<Answer> AskAsync(int port, string name, RecordType type = RecordType.A)
    {
        using var client = new UdpClient();
        client.Connect(IPAddress.Loopback, port);
        await client.SendAsync(Query(name, type));
        return Parse((await client.ReceiveAsync(TestTime.Token(3))).Buffer);
    }

    public static byte[] Query(string name, RecordType type = RecordType.A) =>
        [(byte)Random.Shared.Next(256), 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Parse(name).Wire, 0, (byte)type,
            0, 1];

    public static Answer Parse(byte[] message)
    {
        var reader = new DnsReader(message);
        var header = new ushort[6];
        for (var i = 0; i < 6; i++)
            Assert.True(reader.TryReadUInt16(out header[i]));
        Assert.True(reader.TrySkipName() && reader.TryReadUInt32(out _));
        var addresses = ImmutableArray.CreateBuilder<string>();
        var ttl = uint.MaxValue;
        for (var i = 0; i < header[3]; i++)
        {
            Assert.True(reader.TrySkipName());
            Assert.True(reader.TryReadUInt16(out var type));
            Assert.True(reader.TryReadUInt16(out _));
            Assert.True(reader.TryReadUInt32(out var recordTtl));
            Assert.True(reader.TryReadUInt16(out var length));
            Assert.True(reader.TryReadBytes(length, out var data));
            ttl = Math.Min(ttl, recordTtl);
            if ((RecordType)type is RecordType.A or RecordType.AAAA)
                addresses.Add(new IPAddress(data).ToString());
        }

        return new Answer(header[1] & 0xF, addresses.ToImmutable(), ttl);
    }
}
