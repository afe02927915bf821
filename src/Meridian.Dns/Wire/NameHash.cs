using System.Buffers.Binary;

namespace Meridian.Dns.Wire;

/// <summary>
/// Hash of a canonical name, made label by label from the root outwards, so that one pass over a name gives the hashes
/// of all the names above it too.
/// </summary>
internal static class NameHash
{
    public const uint Root = 0x9E3779B9;

    private const ulong Multiplier = 0xFF51AFD7ED558CCDUL;

    /// <summary>Hash of a name from that of the name above it.</summary>
    /// <param name="above">Hash of the name without its first label.</param>
    /// <param name="label">The first label with its length octet.</param>
    // Keys come from the configuration, never from the wire, so a fixed hash is no attack surface.
    public static uint Below(uint above, ReadOnlySpan<byte> label)
    {
        var hash = above ^ ((ulong)label.Length << 32);
        while (label.Length >= 8)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(label)) * Multiplier;
            hash ^= hash >> 32;
            label = label[8..];
        }

        var rest = 0UL;
        foreach (var octet in label)
            rest = (rest << 8) | octet;
        hash = (hash ^ rest) * Multiplier;
        return (uint)(hash ^ (hash >> 32));
    }

    /// <summary>Hash of a whole name.</summary>
    public static uint Of(ReadOnlySpan<byte> name) =>
        name[0] == 0 ? Root : Below(Of(name[(name[0] + 1)..]), name[..(name[0] + 1)]);
}
