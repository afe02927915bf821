using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>
/// Reads record data in master-file form. Each field knows its own description, so that errors name the field.
/// </summary>
public sealed partial class RDataParser
{
    private readonly ImmutableArray<MasterToken> _tokens;
    private readonly DnsName _origin;
    private readonly bool _strict;
    private readonly List<byte> _data = [];
    private int _next;
    private string? _error;

    private RDataParser(ImmutableArray<MasterToken> tokens, DnsName origin, bool strict)
    {
        _tokens = tokens;
        _origin = origin;
        _strict = strict;
    }

    /// <summary>
    /// Reads the data of one record. With <paramref name="strict"/>, a name of several labels must end in a dot:
    /// outside a master file, where people do not expect the origin to be added, its absence is nearly always a
    /// mistake.
    /// </summary>
    public static bool TryParse(
        RecordType type,
        ImmutableArray<MasterToken> tokens,
        DnsName origin,
        bool strict,
        [NotNullWhen(true)] out byte[]? data,
        [NotNullWhen(false)] out string? error)
    {
        var parser = new RDataParser(tokens, origin, strict);
        parser.Parse(type);
        if (parser._error is null && parser._next < tokens.Length)
            parser._error = $"`{tokens[parser._next].Text}` is too much";
        if (parser._error is null && parser._data.Count > ushort.MaxValue)
            parser._error = "the data is longer than 65,535 octets";
        error = parser._error is null ? null : $"{RecordTypes.Name(type)}: {parser._error}";
        data = parser._error is null ? [.. parser._data] : null;
        return error is null;
    }

    private void Parse(RecordType type)
    {
        if (_tokens is [{ Text: "\\#", Quoted: false }, ..])
        {
            ReadGeneric(type);
            return;
        }

        switch (type)
        {
            case RecordType.A:
                ReadAddress(AddressFamily.InterNetwork, "an IPv4 address");
                break;
            case RecordType.AAAA:
                ReadAddress(AddressFamily.InterNetworkV6, "an IPv6 address");
                break;
            case RecordType.NS or RecordType.CNAME or RecordType.PTR or RecordType.DNAME:
                ReadName("a target name");
                break;
            case RecordType.SOA:
                ReadName("the primary name server");
                ReadName("the contact");
                ReadNumber("the serial", 4);
                foreach (var field in (string[])["refresh", "retry", "expire", "minimum"])
                    ReadTtl(field);
                break;
            case RecordType.MX:
                ReadNumber("a preference", 2);
                ReadName("an exchange");
                break;
            case RecordType.TXT or RecordType.SPF:
                do
                    ReadText("a text");
                while (_error is null && _next < _tokens.Length);
                break;
            case RecordType.HINFO:
                ReadText("a CPU");
                ReadText("an operating system");
                break;
            case RecordType.SRV:
                ReadNumber("a priority", 2);
                ReadNumber("a weight", 2);
                ReadNumber("a port", 2);
                ReadName("a target");
                break;
            case RecordType.NAPTR:
                ReadNumber("an order", 2);
                ReadNumber("a preference", 2);
                ReadText("flags");
                ReadText("services");
                ReadText("a regular expression");
                ReadName("a replacement");
                break;
            case RecordType.CAA:
                ReadNumber("flags", 1);
                ReadTag();
                ReadLongText("a value");
                break;
            case RecordType.DS:
                ReadNumber("a key tag", 2);
                ReadNumber("an algorithm", 1);
                ReadNumber("a digest type", 1);
                ReadHex("a digest");
                break;
            case RecordType.DNSKEY:
                ReadNumber("flags", 2);
                ReadNumber("a protocol", 1);
                ReadNumber("an algorithm", 1);
                ReadBase64("a public key");
                break;
            case RecordType.TLSA:
                ReadNumber("a usage", 1);
                ReadNumber("a selector", 1);
                ReadNumber("a matching type", 1);
                ReadHex("certificate data");
                break;
            case RecordType.SSHFP:
                ReadNumber("an algorithm", 1);
                ReadNumber("a fingerprint type", 1);
                ReadHex("a fingerprint");
                break;
            case RecordType.SVCB or RecordType.HTTPS:
                ReadServiceBinding();
                break;
            default:
                _error = $"give its data in the form of RFC 3597: \\# LENGTH HEX";
                break;
        }
    }

    /// <summary>RFC 3597 section 5: any type can be written as length and hexadecimal octets.</summary>
    private void ReadGeneric(RecordType type)
    {
        _next = 1;
        if (Next("a length") is not { } token)
            return;
        if (!ushort.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            _error = $"`{token.Text}` is not a length";
            return;
        }

        if (length > 0 || _next < _tokens.Length)
            ReadHex("data");
        if (_error is null && _data.Count != length)
            _error = $"the length is {length} and there are {_data.Count} octets";
        else if (_error is null && !RDataShape.IsValid(type, [.. _data]))
            _error = "the octets are not valid data of this type";
    }

    private void ReadAddress(AddressFamily family, string wanted)
    {
        if (Next(wanted) is not { } token)
            return;
        if (IPAddress.TryParse(token.Text, out var address) && address.AddressFamily == family
            && address.ToString().Length > 0
            && (family != AddressFamily.InterNetwork || token.Text.Count(c => c == '.') == 3)
            && !token.Text.Contains('%'))
            _data.AddRange(address.GetAddressBytes());
        else
            _error = $"`{token.Text}` is not {wanted}";
    }

    private void ReadName(string wanted)
    {
        if (Next(wanted) is not { } token)
            return;
        var dots = token.Text.TrimEnd('.').Contains('.', StringComparison.Ordinal);
        if (_strict && dots && !token.Text.EndsWith('.'))
            _error = $"`{token.Text}` has no closing dot, so the zone's origin would be added; write `{token.Text}.`";
        else if (!DnsName.TryParse(token.Text, _origin, out var name, out var error))
            _error = error;
        else
            _data.AddRange(name.Wire);
    }

    private void ReadNumber(string wanted, int octets)
    {
        if (Next(wanted) is not { } token)
            return;
        var max = (1UL << (octets * 8)) - 1;
        if (ulong.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= max)
            AddNumber(number, octets);
        else
            _error = $"`{token.Text}` is not {wanted}: a whole number up to {max} is wanted";
    }

    private void ReadTtl(string wanted)
    {
        if (Next(wanted) is not { } token)
            return;
        if (MasterTtl.TryParse(token.Text, out var seconds))
            AddNumber(seconds, 4);
        else
            _error = $"`{token.Text}` is not {wanted}: seconds, or a time such as 1h30m";
    }

    private void AddNumber(ulong number, int octets)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        _data.AddRange(bytes[(8 - octets)..]);
    }

    /// <summary>A character string: one length octet and up to 255 octets.</summary>
    private void ReadText(string wanted)
    {
        if (Next(wanted) is not { } token)
            return;
        if (!token.TryDecode(out var octets))
            _error = $"`{token.Text}` has a wrong escape or a character that is not ASCII";
        else if (octets.Length > 255)
            _error = $"a text is {octets.Length} octets long, and 255 is the most; split it into several";
        else
            _data.AddRange([(byte)octets.Length, .. octets]);
    }

    private void ReadLongText(string wanted)
    {
        if (Next(wanted) is not { } token)
            return;
        if (token.TryDecode(out var octets))
            _data.AddRange(octets);
        else
            _error = $"`{token.Text}` has a wrong escape or a character that is not ASCII";
    }

    /// <summary>RFC 8659 section 4.1.1: a property tag of letters and digits.</summary>
    private void ReadTag()
    {
        if (Next("a tag") is not { } token)
            return;
        if (token.Text.Length is > 0 and <= 255 && token.Text.All(char.IsAsciiLetterOrDigit))
            _data.AddRange([(byte)token.Text.Length, .. System.Text.Encoding.ASCII.GetBytes(token.Text)]);
        else
            _error = $"`{token.Text}` is not a tag such as issue";
    }

    private void ReadHex(string wanted)
    {
        var text = Rest(wanted);
        if (text is null)
            return;
        if (text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit))
            _data.AddRange(Convert.FromHexString(text));
        else
            _error = $"{wanted} must be pairs of hexadecimal digits";
    }

    private void ReadBase64(string wanted)
    {
        var text = Rest(wanted);
        if (text is null)
            return;
        var buffer = new byte[text.Length];
        if (Convert.TryFromBase64String(text, buffer, out var written))
            _data.AddRange(buffer.AsSpan(0, written));
        else
            _error = $"{wanted} must be base64";
    }

    private string? Rest(string wanted)
    {
        if (_error is not null)
            return null;
        if (_next >= _tokens.Length)
        {
            _error = $"{wanted} is missing";
            return null;
        }

        var text = string.Concat(_tokens.Skip(_next).Select(t => t.Text));
        _next = _tokens.Length;
        return text;
    }

    private MasterToken? Next(string wanted)
    {
        if (_error is not null)
            return null;
        if (_next < _tokens.Length)
            return _tokens[_next++];
        _error = $"{wanted} is missing";
        return null;
    }
}
