using System.Collections.Immutable;
using System.Text;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>
/// Reads master files (RFC 1035 section 5, RFC 2308 section 4 for <c>$TTL</c>) and finds every fault in them.
/// </summary>
public sealed partial class MasterFile
{
    /// <summary>How deep <c>$INCLUDE</c> may nest, which also ends a file that includes itself.</summary>
    public const int MaxIncludeDepth = 8;

    /// <summary>Faults after which reading stops: the file is not a master file.</summary>
    public const int MaxFaults = 100;

    private readonly Func<string, string?> _open;
    private readonly List<MasterRecord> _records = [];
    private readonly List<ZoneFault> _faults = [];
    private readonly List<ZoneFault> _warnings = [];
    private readonly List<ZoneFault> _signatures = [];
    private uint? _defaultTtl;
    private uint? _lastTtl;

    private MasterFile(Func<string, string?> open) => _open = open;

    /// <summary>
    /// A file as text, with one character for each octet (RFC 2181 section 11). Editors of Windows begin a file in
    /// UTF-8 with a mark, which is no part of the first name.
    /// </summary>
    public static string TextOf(ReadOnlySpan<byte> file)
    {
        var mark = Encoding.UTF8.Preamble;
        return Encoding.Latin1.GetString(file.StartsWith(mark) ? file[mark.Length..] : file);
    }

    /// <summary>Reads a file and the files that it includes.</summary>
    /// <param name="file">Path, for faults and for <c>$INCLUDE</c>, which is relative to it.</param>
    /// <param name="text">The text, with one character for each octet of the file.</param>
    /// <param name="origin">The origin until <c>$ORIGIN</c> says otherwise.</param>
    /// <param name="open">Reads the text of an included file; null where it cannot be read.</param>
    public static MasterContent Read(string file, string text, DnsName origin, Func<string, string?> open)
    {
        var reader = new MasterFile(open);
        reader.ReadFile(file, text, origin, null, 0);
        return reader.Content();
    }

    // What was signed elsewhere is valid only as a whole, with the names and serial that were signed.
    private MasterContent Content()
    {
        if (_signatures.Count == 0)
            return new MasterContent([.. _records], [.. _faults]) { Warnings = [.. _warnings] };
        var rest = _records.Where(r => !RecordTypes.IsOfSigning(r.Type)).ToImmutableArray();
        var aside = _signatures.Count + _records.Count - rest.Length;
        _warnings.Add(_signatures[0] with
        {
            Message = $"the zone was signed elsewhere: {aside} records of its signatures and keys are left out; "
                + "`dnssec` signs it here",
        });
        return new MasterContent(rest, [.. _faults]) { Warnings = [.. _warnings] };
    }

    private void ReadFile(string file, string text, DnsName origin, DnsName? owner, int depth)
    {
        var tokenizer = new MasterTokenizer(text);
        while (_faults.Count < MaxFaults && tokenizer.Next() is { } entry)
        {
            if (entry.Error is not null)
            {
                Fault(file, entry, entry.Error);
                continue;
            }

            var first = entry.Tokens[0];
            if (first is { Quoted: false, Text: ['$', ..] } && !entry.Indented)
                ReadDirective(file, entry, ref origin, owner, depth);
            else
                ReadRecord(file, entry, origin, ref owner);
        }
    }

    private void ReadDirective(string file, MasterEntry entry, ref DnsName origin, DnsName? owner, int depth)
    {
        var arguments = entry.Tokens[1..];
        switch (entry.Tokens[0].Text.ToUpperInvariant())
        {
            case "$ORIGIN" when arguments.Length == 1:
                if (DnsName.TryParse(arguments[0], origin, out var name, out var error))
                    origin = name;
                else
                    Fault(file, entry, error);
                break;
            case "$TTL" when arguments.Length == 1:
                if (MasterTtl.TryParse(arguments[0].Text, out var ttl))
                    _defaultTtl = Bound(file, entry, ttl);
                else
                    Fault(file, entry, $"`{arguments[0]}` is not a time to live");
                break;
            case "$INCLUDE" when arguments.Length is 1 or 2:
                Include(file, entry, arguments, origin, owner, depth);
                break;
            case "$GENERATE":
                Generate(file, entry, origin);
                break;
            case "$ORIGIN" or "$TTL" or "$INCLUDE":
                Fault(file, entry, $"{entry.Tokens[0]} has {arguments.Length} arguments");
                break;
            default:
                Fault(file, entry, $"{entry.Tokens[0]} is not supported; there are $ORIGIN, $TTL, "
                    + "$INCLUDE and $GENERATE");
                break;
        }
    }

    private void Include(
        string file, MasterEntry entry, ImmutableArray<MasterToken> arguments, DnsName origin, DnsName? owner,
        int depth)
    {
        if (depth >= MaxIncludeDepth)
        {
            Fault(file, entry, $"$INCLUDE is nested more than {MaxIncludeDepth} deep; does a file include itself?");
            return;
        }

        var included = origin;
        if (arguments.Length == 2 && !DnsName.TryParse(arguments[1], origin, out included, out var error))
        {
            Fault(file, entry, error);
            return;
        }

        var path = Path.Combine(Path.GetDirectoryName(file) ?? "", arguments[0].AsText());
        if (!path.Any(char.IsControl) && _open(path) is { } text)
            ReadFile(path, text, included!, owner, depth + 1);
        else
            Fault(file, entry, $"the included file `{arguments[0]}` cannot be read");
    }

    private void ReadRecord(string file, MasterEntry entry, DnsName origin, ref DnsName? owner)
    {
        var tokens = entry.Tokens;
        var next = 0;
        if (!entry.Indented)
        {
            if (!DnsName.TryParse(tokens[next++], origin, out var name, out var error))
            {
                Fault(file, entry, error);
                return;
            }

            owner = name;
        }

        if (owner is null)
        {
            Fault(file, entry, "the first record has no owner name");
            return;
        }

        var about = entry.Indented ? $" (the line begins with a space, so it is about {owner})" : "";
        if (TryReadHead(file, entry, ref next, about, out var ttl, out var type))
            TryAdd(file, entry, origin, owner, ttl, type, tokens[(next + 1)..]);
    }

    // Reads what stands before the data; `next` is then the place of the type.
    private bool TryReadHead(
        string file, MasterEntry entry, ref int next, string about, out uint? ttl, out RecordType type)
    {
        var tokens = entry.Tokens;
        type = default;
        if (!TryReadClassAndTtl(tokens, ref next, out ttl, out var foreign))
        {
            Fault(file, entry, $"class {foreign} is not supported; only IN is");
            return false;
        }

        if (next < tokens.Length && !tokens[next].Quoted && RecordTypes.TryParse(tokens[next].Text, out type)
            && !RecordTypes.IsMeta(type))
            return true;
        Fault(file, entry, TypeFault(tokens, next) + about);
        return false;
    }

    private bool TryAdd(string file, MasterEntry entry, DnsName origin, DnsName owner, uint? ttl, RecordType type,
        ImmutableArray<MasterToken> tokens)
    {
        if (RecordTypes.IsSignature(type))
        {
            _signatures.Add(new ZoneFault(file, entry.Line, ""));
            return true;
        }

        if (!RDataParser.TryParse(type, tokens, origin, strict: false, out var data, out var fault))
        {
            Fault(file, entry, fault);
            return false;
        }

        if (ttl is { } given)
            ttl = Bound(file, entry, given);

        // RFC 2308 section 4; before there was $TTL, the SOA's minimum was the default.
        var effective = ttl ?? _defaultTtl ?? _lastTtl
            ?? (type == RecordType.SOA ? MasterTtl.Bound(Minimum(data)) : null);
        if (effective is null)
        {
            Fault(file, entry, "the record has no TTL and there is no $TTL before it");
            return false;
        }

        _lastTtl = effective;
        _records.Add(new MasterRecord(owner, type, effective.Value, data, file, entry.Line));
        return true;
    }

    // TTL and class may come in either order, and both may be left out.
    private static bool TryReadClassAndTtl(ImmutableArray<MasterToken> tokens, ref int next, out uint? ttl,
        out string foreign)
    {
        ttl = null;
        foreign = "";
        var seenClass = false;
        while (next < tokens.Length && !tokens[next].Quoted)
        {
            var text = tokens[next].Text;
            if (ttl is null && MasterTtl.TryParse(text, out var seconds))
            {
                ttl = seconds;
            }
            else if (!seenClass && IsClass(text))
            {
                seenClass = true;
                foreign = text;
                if (text.ToUpperInvariant() is not ("IN" or "CLASS1"))
                    return false;
            }
            else
            {
                break;
            }

            next++;
        }

        return true;
    }

    // What stands where the type is wanted: a second TTL or class, or a word that is none of the three.
    private static string TypeFault(ImmutableArray<MasterToken> tokens, int next)
    {
        if (next >= tokens.Length)
            return "the record type is missing";
        var token = tokens[next];
        return token.Quoted ? $"the text \"{token}\" stands where the record type is wanted"
            : IsClass(token.Text) ? "the class is given twice"
            : MasterTtl.TryParse(token.Text, out _) ? "the time to live is given twice"
            : RecordTypes.TryParse(token.Text, out _) ? $"`{token}` is for questions and not the type of a record"
            : char.IsAsciiDigit(token.Text[0])
                ? $"`{token}` is neither a time to live (seconds in 32 bits, or as in 1h30m) nor a record type"
            : $"`{token}` is not a record type";
    }

    private uint Bound(string file, MasterEntry entry, uint ttl)
    {
        if (ttl > MasterTtl.Max)
            _warnings.Add(new ZoneFault(file, entry.Line,
                $"the time to live {ttl} is more than {MasterTtl.Max} and counts as 0 (RFC 2181 section 8)"));
        return MasterTtl.Bound(ttl);
    }

    // Mnemonics, and the form of RFC 3597 section 5.
    private static bool IsClass(string text) => text.ToUpperInvariant() is "IN" or "CH" or "HS" or "CS"
        or ['C', 'L', 'A', 'S', 'S', >= '0' and <= '9', ..];

    private static uint Minimum(byte[] soa) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(soa.AsSpan(soa.Length - 4));

    private void Fault(string file, MasterEntry entry, string message) =>
        _faults.Add(new ZoneFault(file, entry.Line, message));
}
