using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>
/// Reads master files (RFC 1035 section 5, RFC 2308 section 4 for <c>$TTL</c>) and finds every fault in them.
/// </summary>
public sealed class MasterFile
{
    /// <summary>How deep <c>$INCLUDE</c> may nest, which also ends a file that includes itself.</summary>
    public const int MaxIncludeDepth = 8;

    /// <summary>Faults after which reading stops: the file is not a master file.</summary>
    public const int MaxFaults = 100;

    private readonly Func<string, string?> _open;
    private readonly List<MasterRecord> _records = [];
    private readonly List<ZoneFault> _faults = [];
    private uint? _defaultTtl;
    private uint? _lastTtl;

    private MasterFile(Func<string, string?> open) => _open = open;

    /// <summary>Reads a file and the files that it includes.</summary>
    /// <param name="file">Path, for faults and for <c>$INCLUDE</c>, which is relative to it.</param>
    /// <param name="text">The text.</param>
    /// <param name="origin">The origin until <c>$ORIGIN</c> says otherwise.</param>
    /// <param name="open">Reads the text of an included file; null where it cannot be read.</param>
    public static (ImmutableArray<MasterRecord> Records, ImmutableArray<ZoneFault> Faults) Read(
        string file, string text, DnsName origin, Func<string, string?> open)
    {
        var reader = new MasterFile(open);
        reader.ReadFile(file, text, origin, null, 0);
        return ([.. reader._records], [.. reader._faults]);
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
                if (DnsName.TryParse(arguments[0].Text, origin, out var name, out var error))
                    origin = name;
                else
                    Fault(file, entry, error);
                break;
            case "$TTL" when arguments.Length == 1:
                if (MasterTtl.TryParse(arguments[0].Text, out var ttl))
                    _defaultTtl = ttl;
                else
                    Fault(file, entry, $"`{arguments[0].Text}` is not a time to live");
                break;
            case "$INCLUDE" when arguments.Length is 1 or 2:
                Include(file, entry, arguments, origin, owner, depth);
                break;
            case "$ORIGIN" or "$TTL" or "$INCLUDE":
                Fault(file, entry, $"{entry.Tokens[0].Text} has {arguments.Length} arguments");
                break;
            default:
                Fault(file, entry, $"{entry.Tokens[0].Text} is not supported; there are $ORIGIN, $TTL and $INCLUDE");
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
        if (arguments.Length == 2 && !DnsName.TryParse(arguments[1].Text, origin, out included, out var error))
        {
            Fault(file, entry, error);
            return;
        }

        var path = Path.Combine(Path.GetDirectoryName(file) ?? "", arguments[0].Text);
        if (_open(path) is { } text)
            ReadFile(path, text, included!, owner, depth + 1);
        else
            Fault(file, entry, $"the included file {path} cannot be read");
    }

    private void ReadRecord(string file, MasterEntry entry, DnsName origin, ref DnsName? owner)
    {
        var tokens = entry.Tokens;
        var next = 0;
        if (!entry.Indented)
        {
            if (!DnsName.TryParse(tokens[next++].Text, origin, out var name, out var error))
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

        if (!TryReadClassAndTtl(tokens, ref next, out var ttl, out var foreign))
        {
            Fault(file, entry, $"class {foreign} is not supported; only IN is");
            return;
        }

        if (next >= tokens.Length || tokens[next].Quoted || !RecordTypes.TryParse(tokens[next].Text, out var type)
            || RecordTypes.IsMeta(type))
        {
            Fault(file, entry, next >= tokens.Length
                ? "the record type is missing" : $"`{tokens[next].Text}` is not a record type");
            return;
        }

        if (!RDataParser.TryParse(type, tokens[(next + 1)..], origin, strict: false, out var data, out var fault))
        {
            Fault(file, entry, fault);
            return;
        }

        // RFC 2308 section 4; before there was $TTL, the SOA's minimum was the default.
        var effective = ttl ?? _defaultTtl ?? _lastTtl ?? (type == RecordType.SOA ? Minimum(data) : null);
        if (effective is null)
        {
            Fault(file, entry, "the record has no TTL and there is no $TTL before it");
            return;
        }

        _lastTtl = effective;
        _records.Add(new MasterRecord(owner, type, effective.Value, data, file, entry.Line));
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
            else if (!seenClass && text.ToUpperInvariant() is "IN" or "CH" or "HS" or "CS")
            {
                seenClass = true;
                foreign = text;
                if (!text.Equals("IN", StringComparison.OrdinalIgnoreCase))
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

    private static uint Minimum(byte[] soa) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(soa.AsSpan(soa.Length - 4));

    private void Fault(string file, MasterEntry entry, string message) =>
        _faults.Add(new ZoneFault(file, entry.Line, message));
}
