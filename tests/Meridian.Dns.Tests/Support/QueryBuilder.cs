using System.Buffers.Binary;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Support;

/// <summary>Writes queries as a resolver does, and as a hostile one might.</summary>
internal sealed class QueryBuilder(string name, RecordType type)
{
    private readonly List<byte> _options = [];

    public ushort Id { get; init; } = 0x1234;

    public ushort Flags { get; init; } = 0x0100;

    public ushort Class { get; init; } = 1;

    public bool Edns { get; set; }

    public byte Version { get; init; }

    public ushort Payload { get; init; } = 1232;

    public bool DnssecOk { get; init; }

    public QueryBuilder Option(ushort code, params byte[] data)
    {
        Edns = true;
        _options.AddRange([(byte)(code >> 8), (byte)code, (byte)(data.Length >> 8), (byte)data.Length, .. data]);
        return this;
    }

    /// <summary>Client Subnet with the address cut to the octets of the prefix.</summary>
    public QueryBuilder Subnet(string address, byte bits)
    {
        var octets = System.Net.IPAddress.Parse(address).GetAddressBytes();
        return Option(8, [0, (byte)(octets.Length == 4 ? 1 : 2), bits, 0, .. octets[..((bits + 7) / 8)]]);
    }

    public byte[] Build()
    {
        var header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, Id);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), Flags);
        header[5] = 1;
        header[11] = (byte)(Edns ? 1 : 0);
        List<byte> message = [.. header, .. DnsName.Parse(name).Wire, (byte)((ushort)type >> 8), (byte)type,
            (byte)(Class >> 8), (byte)Class];
        if (Edns)
        {
            message.AddRange([0, 0, 41, (byte)(Payload >> 8), (byte)Payload, 0, Version, (byte)(DnssecOk ? 0x80 : 0), 0,
                (byte)(_options.Count >> 8), (byte)_options.Count, .. _options]);
        }

        return [.. message];
    }
}
