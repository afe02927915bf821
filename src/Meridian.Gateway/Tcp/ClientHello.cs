using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Meridian.Gateway.Tcp;

/// <summary>
/// Reads the server name out of the first octets of a TLS connection (RFC 8446 section 4.1.2, RFC 6066 section 3).
/// </summary>
internal static class ClientHello
{
    private const byte Handshake = 22;
    private const byte Hello = 1;
    private const ushort ServerName = 0;
    private const byte HostName = 0;

    /// <summary>The longest record, with its head (RFC 8446 section 5.1).</summary>
    public const int MaxRecord = 5 + 16_384;

    /// <summary>Looks at what has come so far.</summary>
    /// <param name="octets">The connection from its beginning.</param>
    /// <param name="name">The server name in lower case; empty where there is none, or this is no TLS. A hello that is
    /// spread over several records counts as one without.</param>
    /// <returns>False where more octets are needed.</returns>
    public static bool TryRead(in ReadOnlySequence<byte> octets, out string name)
    {
        name = "";
        if (octets.Length < 5)
            return octets.Length > 0 && octets.FirstSpan[0] != Handshake;
        Span<byte> head = stackalloc byte[5];
        octets.Slice(0, 5).CopyTo(head);
        var length = BinaryPrimitives.ReadUInt16BigEndian(head[3..]);
        if (head[0] != Handshake || length > MaxRecord - 5)
            return true;
        if (octets.Length < 5 + length)
            return false;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        octets.Slice(5, length).CopyTo(rented);
        name = NameIn(rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        return true;
    }

    private static string NameIn(ReadOnlySpan<byte> hello)
    {
        // Type and length, version, random; then session, suites and compressions, each behind its length.
        if (!(hello is [Hello, ..] && Skip(ref hello, 1 + 3 + 2 + 32) && SkipVector(ref hello, 1)
            && SkipVector(ref hello, 2) && SkipVector(ref hello, 1) && Take(ref hello, 2, out var extensions)))
            return "";
        while (extensions.Length >= 4)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!Take(ref extensions, 2, out var content))
                return "";
            if (type != ServerName)
                continue;
            return Take(ref content, 2, out var list) && list is [HostName, ..] && Skip(ref list, 1)
                && Take(ref list, 2, out var name) && !name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E)
                ? Encoding.ASCII.GetString(name).ToLowerInvariant() : "";
        }

        return "";
    }

    private static bool Skip(ref ReadOnlySpan<byte> from, int count)
    {
        if (from.Length < count)
            return false;
        from = from[count..];
        return true;
    }

    private static bool SkipVector(ref ReadOnlySpan<byte> from, int lengthSize) => Take(ref from, lengthSize, out _);

    private static bool Take(ref ReadOnlySpan<byte> from, int lengthSize, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (from.Length < lengthSize)
            return false;
        var length = lengthSize == 1 ? from[0] : BinaryPrimitives.ReadUInt16BigEndian(from);
        if (from.Length < lengthSize + length)
            return false;
        content = from.Slice(lengthSize, length);
        from = from[(lengthSize + length)..];
        return true;
    }
}
