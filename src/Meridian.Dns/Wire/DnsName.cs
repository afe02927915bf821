using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Meridian.Dns.Records;

namespace Meridian.Dns.Wire;

/// <summary>
/// A domain name in wire form: length-prefixed labels and the root's zero octet, 1 to 255 octets in all
/// (RFC 1035 section 3.1). Compared without regard to ASCII case (RFC 4343); the case as written is kept.
/// </summary>
public sealed class DnsName : IEquatable<DnsName>
{
    public const int MaxLength = 255;

    public const int MaxLabel = 63;

    private readonly byte[] _wire;
    private readonly byte[] _canonical;

    private DnsName(byte[] wire)
    {
        _wire = wire;
        _canonical = wire;
        if (!wire.AsSpan().ContainsAnyInRange((byte)'A', (byte)'Z'))
            return;
        _canonical = new byte[wire.Length];
        ToLower(wire, _canonical);
    }

    public static DnsName Root { get; } = new([0]);

    /// <summary>As written.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>In lower case.</summary>
    public ReadOnlySpan<byte> Canonical => _canonical;

    /// <summary>Number of labels without the root.</summary>
    public int LabelCount
    {
        get
        {
            var count = 0;
            for (var i = 0; _wire[i] != 0; i += _wire[i] + 1)
                count++;
            return count;
        }
    }

    public bool IsWildcard => _wire is [1, (byte)'*', ..];

    /// <summary>The name without its first label; null for the root.</summary>
    public DnsName? Parent => _wire[0] == 0 ? null : new DnsName(_wire[(_wire[0] + 1)..]);

    /// <summary>Makes a name from octets that are known to be a whole, uncompressed, valid name.</summary>
    public static DnsName FromWire(ReadOnlySpan<byte> wire) => new(wire.ToArray());

    /// <summary>
    /// Reads master-file form with <c>\.</c> and <c>\DDD</c> escapes (RFC 1035 section 5.1). A name without a closing
    /// dot is completed with <paramref name="origin"/>, or taken as absolute where that is null.
    /// </summary>
    public static bool TryParse(string text, DnsName? origin, [NotNullWhen(true)] out DnsName? name,
        [NotNullWhen(false)] out string? error)
    {
        var token = new MasterToken(MasterToken.OctetsOf(text), false);
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return TryParse(token, origin, out name, out error);
        name = null;
        error = $"`{token}` has a character that is not ASCII or not printable; write the name in its `xn--` form";
        return false;
    }

    /// <summary>Reads a name in a master file, where every octet above 127 stands for itself.</summary>
    internal static bool TryParse(MasterToken token, DnsName? origin, [NotNullWhen(true)] out DnsName? name,
        [NotNullWhen(false)] out string? error)
    {
        var text = token.Text;
        name = null;
        error = null;
        if (text == "@" && origin is not null)
        {
            name = origin;
            return true;
        }

        if (text == ".")
        {
            name = Root;
            return true;
        }

        if (text.Length == 0)
            return Fail("the name is empty", out error);
        Span<byte> wire = stackalloc byte[MaxLength + 1];
        var length = 1;
        var label = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                if (length - label == 1)
                    return Fail($"`{token}` has an empty label", out error);
                wire[label] = (byte)(length - label - 1);
                label = length++;
            }
            else
            {
                if (!TryReadOctet(text, ref i, out var octet))
                    return Fail(token.EscapeFault, out error);
                wire[length++] = octet;
            }

            if (length > MaxLength || length - label > MaxLabel + 1)
                return Fail(length - label > MaxLabel + 1
                    ? $"`{token}` has a label of more than 63 octets"
                    : $"`{token}` has more than 255 octets", out error);
        }

        // Behind a closing dot the last label is the root's, of no octets.
        wire[label] = (byte)(length - label - 1);
        if (wire[label] != 0)
        {
            var rest = (origin ?? Root).Wire;
            if (length + rest.Length > MaxLength)
                return Fail($"`{token}` has more than 255 octets", out error);
            rest.CopyTo(wire[length..]);
            length += rest.Length;
        }

        name = new DnsName(wire[..length].ToArray());
        return true;

        static bool Fail(string message, out string error)
        {
            error = message;
            return false;
        }
    }

    /// <summary>Reads an absolute name that is known to be valid.</summary>
    public static DnsName Parse(string text) =>
        TryParse(text, null, out var name, out var error) ? name : throw new FormatException(error);

    /// <summary>Whether this is <paramref name="other"/> or below it.</summary>
    public bool IsAtOrBelow(DnsName other)
    {
        var offset = 0;
        while (_canonical.Length - offset > other._canonical.Length)
            offset += _canonical[offset] + 1;
        return _canonical.AsSpan(offset).SequenceEqual(other._canonical);
    }

    /// <summary>The name with one more label in front; null where it would be too long.</summary>
    public DnsName? Prepend(ReadOnlySpan<byte> label)
    {
        if (label.Length is 0 or > MaxLabel || _wire.Length + label.Length + 1 > MaxLength)
            return null;
        var wire = new byte[_wire.Length + label.Length + 1];
        wire[0] = (byte)label.Length;
        label.CopyTo(wire.AsSpan(1));
        _wire.CopyTo(wire, label.Length + 1);
        return new DnsName(wire);
    }

    public bool Equals(DnsName? other) => other is not null && _canonical.AsSpan().SequenceEqual(other._canonical);

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode() => (int)NameHash.Of(_canonical);

    /// <summary>Master-file form with a closing dot.</summary>
    public override string ToString()
    {
        if (_wire[0] == 0)
            return ".";
        var text = new StringBuilder();
        for (var i = 0; _wire[i] != 0; i += _wire[i] + 1)
        {
            foreach (var octet in _wire.AsSpan(i + 1, _wire[i]))
            {
                if (octet is (byte)'.' or (byte)'\\' or (byte)'"' or (byte)';' or (byte)'(' or (byte)')' or (byte)'@'
                    or (byte)'$')
                    text.Append('\\').Append((char)octet);
                else if (octet is > 0x20 and < 0x7f)
                    text.Append((char)octet);
                else
                    text.Append('\\').Append(octet.ToString("D3", System.Globalization.CultureInfo.InvariantCulture));
            }

            text.Append('.');
        }

        return text.ToString();
    }

    /// <summary>Copies octets in lower case; length octets of labels are below <c>A</c> and stay as they are.</summary>
    public static void ToLower(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // Eight octets at a time: the high bit of each octet of `upper` says whether it is a letter from A to Z.
        const ulong High = 0x8080808080808080;
        const ulong FromA = 0x3F3F3F3F3F3F3F3F; // 0x80 - 'A'
        const ulong BeyondZ = 0x2525252525252525; // 0x80 - 'Z' - 1
        while (source.Length >= sizeof(ulong))
        {
            var octets = BinaryPrimitives.ReadUInt64LittleEndian(source);
            var seven = octets & ~High;
            var upper = (seven + FromA) & ~(seven + BeyondZ) & ~octets & High;
            BinaryPrimitives.WriteUInt64LittleEndian(destination, octets | (upper >> 2));
            source = source[sizeof(ulong)..];
            destination = destination[sizeof(ulong)..];
        }

        for (var i = 0; i < source.Length; i++)
        {
            var octet = source[i];
            destination[i] = (uint)(octet - 'A') <= 'Z' - 'A' ? (byte)(octet | 0x20) : octet;
        }
    }

    /// <summary>
    /// Reads one octet of a name or character string, moving <paramref name="i"/> to its last character.
    /// </summary>
    internal static bool TryReadOctet(string text, ref int i, out byte octet)
    {
        octet = (byte)text[i];
        if (text[i] > byte.MaxValue)
            return false;
        if (octet != '\\')
            return true;
        if (++i >= text.Length || text[i] > byte.MaxValue)
            return false;
        octet = (byte)text[i];
        if (!char.IsAsciiDigit(text[i]))
            return true;
        if (i + 2 >= text.Length || !char.IsAsciiDigit(text[i + 1]) || !char.IsAsciiDigit(text[i + 2]))
            return false;
        var value = ((text[i] - '0') * 100) + ((text[i + 1] - '0') * 10) + (text[i + 2] - '0');
        octet = (byte)value;
        i += 2;
        return value <= byte.MaxValue;
    }
}
