using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>
/// Reads record data in master-file form, type by type. Each field knows its own description, so that errors name the
/// field.
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
}
