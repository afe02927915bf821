using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Meridian.Geography.Tests;

/// <summary>Writes small MaxMind DB files (format 2.0, records of 32 bits) for tests; IPv4 lives under ::/96.</summary>
internal sealed class MmdbWriter(string databaseType)
{
    private readonly List<Node> _nodes = [new()];
    private readonly List<byte> _data = [];

    public MmdbWriter Add(string network, Dictionary<string, object> value)
    {
        var parsed = IPNetwork.Parse(network);
        var octets = parsed.BaseAddress.GetAddressBytes();
        var (bits, prefix) = octets.Length == 4
            ? ((byte[])[.. new byte[12], .. octets], parsed.PrefixLength + 96) : (octets, parsed.PrefixLength);
        var offset = _data.Count;
        Write(_data, value);
        var node = 0;
        for (var i = 0; i < prefix; i++)
        {
            var bit = (bits[i / 8] >> (7 - (i % 8))) & 1;
            if (i == prefix - 1)
            {
                _nodes[node].Children[bit] = (true, offset);
            }
            else
            {
                if (_nodes[node].Children[bit] is not (false, >= 0 and var next))
                {
                    _nodes.Add(new Node());
                    next = _nodes.Count - 1;
                    _nodes[node].Children[bit] = (false, next);
                }

                node = next;
            }
        }

        return this;
    }

    public byte[] Build()
    {
        var file = new List<byte>();
        foreach (var (isData, value) in _nodes.SelectMany(n => n.Children))
            AddUInt32(file, (uint)(value < 0 ? _nodes.Count : isData ? _nodes.Count + 16 + value : value));
        file.AddRange(new byte[16]);
        file.AddRange(_data);
        file.AddRange([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        Write(file, new Dictionary<string, object>
        {
            ["binary_format_major_version"] = (ushort)2,
            ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = 1_790_000_000UL,
            ["database_type"] = databaseType,
            ["description"] = new Dictionary<string, object> { ["en"] = "test" },
            ["ip_version"] = (ushort)6,
            ["languages"] = new object[] { "en" },
            ["node_count"] = (uint)_nodes.Count,
            ["record_size"] = (ushort)32,
        });
        return [.. file];
    }

    private static void Write(List<byte> output, object value)
    {
        switch (value)
        {
            case string text:
                Control(output, 2, Encoding.UTF8.GetByteCount(text));
                output.AddRange(Encoding.UTF8.GetBytes(text));
                break;
            case double number:
                Control(output, 3, 8);
                var bytes = new byte[8];
                BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
                output.AddRange(bytes);
                break;
            case ushort number:
                Control(output, 5, 2);
                output.AddRange([(byte)(number >> 8), (byte)number]);
                break;
            case uint number:
                Control(output, 6, 4);
                AddUInt32(output, number);
                break;
            case ulong number:
                Control(output, 9, 8);
                AddUInt32(output, (uint)(number >> 32));
                AddUInt32(output, (uint)number);
                break;
            case object[] items:
                Control(output, 11, items.Length);
                foreach (var item in items)
                    Write(output, item);
                break;
            case Dictionary<string, object> map:
                Control(output, 7, map.Count);
                foreach (var (key, item) in map)
                {
                    Write(output, key);
                    Write(output, item);
                }

                break;
            default:
                throw new NotSupportedException(value.GetType().Name);
        }
    }

    private static void Control(List<byte> output, int type, int size)
    {
        Assert.InRange(size, 0, 28);
        if (type <= 7)
            output.Add((byte)((type << 5) | size));
        else
            output.AddRange([(byte)size, (byte)(type - 7)]);
    }

    private static void AddUInt32(List<byte> output, uint value) =>
        output.AddRange([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    private sealed class Node
    {
        /// <summary>For each bit: whether it is data, and the offset or the node; −1 for nothing.</summary>
        public (bool IsData, int Value)[] Children { get; } = [(false, -1), (false, -1)];
    }
}
