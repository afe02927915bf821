using System.Collections.Immutable;
using System.Text;
using Meridian.Dns.Records;

namespace Meridian.Dns.Zones;

/// <summary>
/// Splits a master file into entries (RFC 1035 section 5.1): comments, quotes and escapes, and parentheses that join
/// lines.
/// </summary>
internal sealed class MasterTokenizer(string text)
{
    /// <summary>Most tokens in one entry; a TXT record of 64 KiB has 257.</summary>
    public const int MaxTokens = 4096;

    private int _at;
    private int _line = 1;

    /// <summary>Whether a comment was read.</summary>
    public bool HasComment { get; private set; }

    /// <summary>Reads the next entry that is not empty; null at the end.</summary>
    public MasterEntry? Next()
    {
        while (_at < text.Length)
        {
            var entry = ReadEntry();
            if (entry.Error is not null || !entry.Tokens.IsEmpty)
                return entry;
        }

        return null;
    }

    private MasterEntry ReadEntry()
    {
        var line = _line;
        var indented = text[_at] is ' ' or '\t';
        var tokens = ImmutableArray.CreateBuilder<MasterToken>();
        var depth = 0;
        while (_at < text.Length)
        {
            var c = text[_at];
            switch (c)
            {
                case '\n':
                    _at++;
                    _line++;
                    if (depth == 0)
                        return new MasterEntry(line, indented, tokens.ToImmutable(), null);
                    break;
                case ' ' or '\t' or '\r':
                    _at++;
                    break;
                case ';':
                    SkipComment();
                    break;
                case '(':
                    _at++;
                    depth++;
                    break;
                case ')' when depth == 0:
                    return Fail(line, "`)` without `(`");
                case ')':
                    _at++;
                    depth--;
                    break;
                case '"':
                    if (ReadQuoted() is not { } quoted)
                        return Fail(line, "a quoted text has no end");
                    tokens.Add(quoted);
                    break;
                default:
                    tokens.Add(ReadWord());
                    break;
            }

            if (tokens.Count == 1 && tokens[0] is { Quoted: false } && depth == 0 && line != _line)
                line = _line;
            if (tokens.Count > MaxTokens)
                return Fail(line, $"the entry has more than {MaxTokens} words");
        }

        return depth > 0 ? Fail(line, "`(` without `)`") : new MasterEntry(line, indented, tokens.ToImmutable(), null);
    }

    // After a fault the rest of the line is skipped and reading goes on with the next one.
    private MasterEntry Fail(int line, string error)
    {
        var end = text.IndexOf('\n', Math.Min(_at, text.Length));
        _at = end < 0 ? text.Length : end + 1;
        _line++;
        return new MasterEntry(line, false, [], error);
    }

    private void SkipComment()
    {
        HasComment = true;
        var end = text.IndexOf('\n', _at);
        _at = end < 0 ? text.Length : end;
    }

    private MasterToken? ReadQuoted()
    {
        var start = ++_at;
        while (_at < text.Length && text[_at] is not ('"' or '\n'))
            _at += text[_at] == '\\' ? 2 : 1;
        if (_at >= text.Length || text[_at] != '"')
        {
            _at = Math.Min(_at, text.Length);
            return null;
        }

        return new MasterToken(text[start.._at++], true);
    }

    // Quotes inside a word, as in alpn="h2,h3", belong to the word (RFC 9460 section 2.1).
    private MasterToken ReadWord()
    {
        var word = new StringBuilder();
        var quoted = false;
        while (_at < text.Length
            && (quoted ? text[_at] != '\n' : text[_at] is not (' ' or '\t' or '\r' or '\n' or ';' or '(' or ')')))
        {
            var c = text[_at++];
            if (c == '"')
            {
                quoted = !quoted;
                continue;
            }

            word.Append(c);
            if (c == '\\' && _at < text.Length && text[_at] != '\n')
                word.Append(text[_at++]);
        }

        return new MasterToken(word.ToString(), false);
    }
}
