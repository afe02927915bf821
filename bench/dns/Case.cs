namespace Meridian.Bench.Dns;

/// <summary>A kind of question that servers are asked.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Queries">The queries, which the generator sends round and round.</param>
internal sealed record Case(string Name, IReadOnlyList<byte[]> Queries)
{
    public const int Names = 200;
    public const string Zone = "bench.example";

    private const ushort A = 1;

    public static IReadOnlyList<Case> All { get; } =
    [
        new("plain A", Make(i => $"n{i % Names}", edns: false)),
        new("plain A, EDNS", Make(i => $"n{i % Names}", edns: true)),
        new("NXDOMAIN", Make(i => $"x{i}", edns: false)),
        new("weighted", Make(i => $"w{i % Names}", edns: false)),
        new("nearest, ECS", Make(i => $"g{i % Names}", edns: true, subnet: true)),
        new("sticky", Make(i => $"s{i % Names}", edns: true, subnet: true)),
        new("signed A", Make(i => $"n{i % Names}", edns: true, secure: true)),
    ];

    /// <summary>Writes the queries for the generator: each behind its length.</summary>
    public void Write(string file)
    {
        using var stream = File.Create(file);
        foreach (var query in Queries)
        {
            stream.WriteByte((byte)(query.Length >> 8));
            stream.WriteByte((byte)query.Length);
            stream.Write(query);
        }
    }

    private static byte[][] Make(Func<int, string> label, bool edns, bool subnet = false, bool secure = false) =>
        [.. Enumerable.Range(0, 4096)
            .Select(i => Query(label(i), edns, subnet ? [(byte)(1 + (i % 220)), (byte)(i >> 4), (byte)i] : null,
                secure))];

    private static byte[] Query(string label, bool edns, byte[]? subnet, bool secure)
    {
        List<byte> message = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(edns ? 1 : 0)];
        foreach (var part in $"{label}.{Zone}".Split('.'))
            message.AddRange([(byte)part.Length, .. System.Text.Encoding.ASCII.GetBytes(part)]);
        message.AddRange([0, 0, (byte)A, 0, 1]);
        byte[] option = subnet is null
            ? [] : [0, 8, 0, (byte)(4 + subnet.Length), 0, 1, (byte)(subnet.Length * 8), 0, .. subnet];
        if (edns)
            message.AddRange([0, 0, 41, 4, 208, 0, 0, (byte)(secure ? 0x80 : 0), 0, 0, (byte)option.Length, .. option]);
        return [.. message];
    }
}
