using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Meridian.Model.Yaml;

/// <summary>
/// Reads YAML text into nodes that know where they stand. The cost is bounded by the text's length: nesting stops at
/// <see cref="MaxDepth"/>, and aliases, which could multiply a small text, are refused.
/// </summary>
internal sealed class YamlDocuments
{
    /// <summary>Deeper than any resource is, shallow enough for any stack.</summary>
    public const int MaxDepth = 32;

    private readonly string _file;
    private readonly List<Fault> _faults;
    private readonly string _text;
    private readonly Parser _parser;

    private YamlDocuments(string file, string text, List<Fault> faults)
    {
        _file = file;
        _faults = faults;
        _text = text;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The documents up to the first syntax error, which becomes a fault.</summary>
    public static ImmutableArray<YamlNode> Read(string file, string text, List<Fault> faults) =>
        new YamlDocuments(file, text, faults).ReadAll();

    private ImmutableArray<YamlNode> ReadAll()
    {
        var documents = ImmutableArray.CreateBuilder<YamlNode>();
        try
        {
            while (_parser.MoveNext())
            {
                if (_parser.Current is DocumentStart)
                {
                    _parser.MoveNext();
                    documents.Add(ReadNode(0));
                }
            }
        }
        catch (YamlException e)
        {
            _faults.Add(TabFault() ?? new Fault(Later(At(e.End), At(_parser.Current?.End ?? e.End)),
                $"not valid YAML: {Explain(e)}"));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            // The library's parser lets a few of these out on text that it should refuse by itself; they say nothing.
            _faults.Add(new Fault(At(_parser.Current?.End ?? default),
                "not valid YAML: the text makes no sense from here on; is a bracket, a brace or a quote not closed?"));
        }

        return documents.ToImmutable();
    }

    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current!;
        if (depth > MaxDepth)
            throw new SemanticErrorException(current.Start, current.End, $"nested more than {MaxDepth} deep");
        return current switch
        {
            Scalar scalar => new YamlScalar(At(scalar.Start), scalar.Value, scalar.Style != ScalarStyle.Plain),
            SequenceStart start => ReadSequence(start, depth),
            MappingStart start => ReadMapping(start, depth),
            AnchorAlias alias => throw new SemanticErrorException(alias.Start, alias.End,
                $"the alias `*{alias.Value}` is not supported; write the value out"),
            _ => throw new SemanticErrorException(current.Start, current.End, "a value is wanted here"),
        };
    }

    private YamlSequence ReadSequence(SequenceStart start, int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (Next() is not SequenceEnd)
            items.Add(ReadNode(depth + 1));
        return new YamlSequence(At(start.Start), items.ToImmutable());
    }

    private YamlMapping ReadMapping(MappingStart start, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var seen = new HashSet<string>();
        while (Next() is not MappingEnd)
        {
            var key = ReadNode(depth + 1);
            Next();
            var value = ReadNode(depth + 1);
            if (key is not YamlScalar name)
                _faults.Add(new Fault(key.Location, $"a field name is wanted, and this is {key.Describe()}"));
            else if (!seen.Add(name.Text))
                _faults.Add(new Fault(name.Location, $"field `{name.Text}` is given twice"));
            else
                entries.Add(new YamlEntry(name, value));
        }

        return new YamlMapping(At(start.Start), entries.ToImmutable());
    }

    private ParsingEvent Next()
    {
        if (!_parser.MoveNext())
            throw new SemanticErrorException("the text ends too early");
        return _parser.Current!;
    }

    // The library reports a tab where the mapping began, which may be far above it.
    private Fault? TabFault()
    {
        var number = 0;
        foreach (var line in _text.AsSpan().EnumerateLines())
        {
            number++;
            var indentation = line.IndexOfAnyExcept(' ');
            if (indentation >= 0 && line[indentation] == '\t')
                return new Fault(new Location(_file, number, indentation + 1),
                    "not valid YAML: a tab in the indentation; write spaces");
        }

        return null;
    }

    private static Location Later(Location a, Location b) =>
        (a.Line, a.Column).CompareTo((b.Line, b.Column)) >= 0 ? a : b;

    private Location At(Mark mark) => new(_file, Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));

    private static string Explain(YamlException e)
    {
        var message = e.InnerException?.Message ?? e.Message;
        return message.Length == 0
            ? "unknown syntax error" : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
    }
}
