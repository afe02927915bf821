using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Meridian.Dns.Records.Fields;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>
/// Reads record data in master-file form, by the fields of its type. Each field knows its own description, so that
/// errors name the field.
/// </summary>
public static class RDataParser
{
    private static readonly HexField GenericData = new("data");

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
        var text = new RDataText(tokens, origin, strict);
        if (tokens is [{ Text: "\\#", Quoted: false }, ..])
            ReadGeneric(type, text);
        else if (RDataFormat.Of(type) is { } format)
            Array.ForEach(format.Fields, f => f.Read(text));
        else if (RecordTypes.IsSignature(type))
            text.Fail("signatures are made by the server, which signs a zone with `dnssec`");
        else
            text.Fail("give its data in the form of RFC 3597: \\# LENGTH HEX");
        if (!text.IsDone && text.Next("") is { } extra)
            text.Fail($"`{extra}` is too much");
        data = text.Data;
        if (data.Length > ushort.MaxValue)
            text.Fail("the data is longer than 65,535 octets");
        error = text.Error is null ? null : $"{RecordTypes.Name(type)}: {text.Error}";
        data = error is null ? data : null;
        return error is null;
    }

    /// <summary>RFC 3597 section 5: any type can be written as length and hexadecimal octets.</summary>
    private static void ReadGeneric(RecordType type, RDataText text)
    {
        text.Next("");
        if (text.Next("a length") is not { } token)
            return;
        if (!ushort.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            text.Fail($"`{token}` is not a length");
            return;
        }

        if (length > 0 || !text.IsDone)
            GenericData.Read(text);
        var count = text.Data.Length;
        if (count != length)
            text.Fail($"the length is {length} and there are {count} octets");
        else if (!RDataFormat.IsValid(type, text.Data))
            text.Fail("the octets are not valid data of this type");
    }
}
