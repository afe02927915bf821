using System.Text;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

// $GENERATE RANGE OWNER [TTL] [CLASS] TYPE DATA: many records of one line, as BIND has it.
public sealed partial class MasterFile
{
    /// <summary>Records that the <c>$GENERATE</c>s of one zone may make: a zone of four /16 networks.</summary>
    public const int MaxGenerated = 262_144;

    private long _generated;

    private void Generate(string file, MasterEntry entry, DnsName origin)
    {
        var tokens = entry.Tokens;
        var next = 3;
        if (tokens.Length < 5)
        {
            Fault(file, entry, "$GENERATE wants a range, an owner, a type and data");
            return;
        }

        if (!GeneratedRange.TryParse(tokens[1].Text, out var range, out var error))
        {
            Fault(file, entry, error);
            return;
        }

        _generated += range.Count;
        if (_generated > MaxGenerated)
        {
            Fault(file, entry, $"$GENERATE would make more than {MaxGenerated} records in this zone");
            return;
        }

        if (!TryReadHead(file, entry, ref next, "", out var ttl, out var type))
            return;
        if (next + 2 != tokens.Length)
        {
            Fault(file, entry, "the data of $GENERATE is one word: put it into double quotes, as in \"10 mail-$\"");
            return;
        }

        var data = tokens[next + 1] is { Quoted: true, Text: var quoted } ? Unquote(quoted) : tokens[next + 1].Text;
        foreach (var number in range.Numbers)
        {
            if (!TryGenerate(file, entry, origin, (number, ttl, type), data))
                return;
        }
    }

    private bool TryGenerate(string file, MasterEntry entry, DnsName origin,
        (int Number, uint? Ttl, RecordType Type) one, string data)
    {
        if (!GeneratedText.TryExpand(entry.Tokens[2].Text, one.Number, out var owner, out var error)
            || !GeneratedText.TryExpand(data, one.Number, out var text, out error)
            || !DnsName.TryParse(new MasterToken(owner, false), origin, out var name, out error))
        {
            Fault(file, entry, error);
            return false;
        }

        var words = new MasterTokenizer(text).Next();
        if (words?.Error is { } fault)
        {
            Fault(file, entry, fault);
            return false;
        }

        return TryAdd(file, entry, origin, name, one.Ttl, one.Type, words?.Tokens ?? []);
    }

    // A quote within quotes is a quote of the data; every other escape is left to whoever reads the data.
    private static string Unquote(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[++i] != '"')
                result.Append('\\');
            result.Append(text[i]);
        }

        return result.ToString();
    }
}
