using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using Meridian.Addresses;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>The fields of record data: names, numbers, texts and octets.</summary>
public sealed partial class RDataParser
{
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
        if (IpText.TryParse(token.Text, out var address) && address.AddressFamily == family)
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
