using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Meridian.Model.Loads;

/// <summary>Reads a <see cref="MetricExpression"/> by recursive descent: or, sums, products, operands.</summary>
internal sealed class MetricExpressionParser(string text)
{
    /// <summary>Deepest nesting; no real expression has more.</summary>
    private const int MaxDepth = 32;

    private static readonly TimeSpan PatternLimit = TimeSpan.FromMilliseconds(50);

    private int _at;
    private int _depth;

    /// <exception cref="FormatException">The text is not an expression.</exception>
    public MetricExpression Read()
    {
        var expression = ReadOr();
        SkipSpace();
        return _at == text.Length ? expression : throw Wrong($"`{text[_at]}` is not expected");
    }

    private MetricExpression ReadOr()
    {
        if (++_depth > MaxDepth)
            throw Wrong("it is nested too deeply");
        var left = ReadSum();
        while (TryWord("or"))
            left = new MetricExpression.Otherwise(left, ReadSum());
        _depth--;
        return left;
    }

    private MetricExpression ReadSum()
    {
        var left = ReadProduct();
        while (true)
        {
            if (Try('+'))
                left = new MetricExpression.Pair(left, ReadProduct(), (a, b) => a + b);
            else if (Try('-'))
                left = new MetricExpression.Pair(left, ReadProduct(), (a, b) => a - b);
            else
                return left;
        }
    }

    private MetricExpression ReadProduct()
    {
        var left = ReadOne();
        while (true)
        {
            if (Try('*'))
                left = new MetricExpression.Pair(left, ReadOne(), (a, b) => a * b);
            else if (Try('/'))
                left = new MetricExpression.Pair(left, ReadOne(), (a, b) => a / b);
            else
                return left;
        }
    }

    private MetricExpression ReadOne()
    {
        if (Try('('))
        {
            var inner = ReadOr();
            Expect(')');
            return inner;
        }

        SkipSpace();
        if (_at < text.Length && char.IsAsciiDigit(text[_at]))
            return ReadNumber();
        var word = ReadName();
        Func<IEnumerable<double>, double>? fold = word switch
        {
            "sum" => Enumerable.Sum,
            "avg" => Enumerable.Average,
            "max" => Enumerable.Max,
            "min" => Enumerable.Min,
            _ => null,
        };
        if (fold is null || !Try('('))
            return new MetricExpression.Aggregate(ReadSelector(word), Enumerable.Sum);
        var selector = ReadSelector(ReadName());
        Expect(')');
        return new MetricExpression.Aggregate(selector, fold);
    }

    private MetricExpression.Number ReadNumber()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.'))
            _at++;
        return double.TryParse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture,
            out var value)
            ? new MetricExpression.Number(value)
            : throw Wrong($"`{text[start.._at]}` is no number");
    }

    private MetricSelector ReadSelector(string name)
    {
        if (!Try('{'))
            return new MetricSelector(name, []);
        var labels = ImmutableArray.CreateBuilder<LabelMatch>();
        while (!Try('}'))
        {
            labels.Add(ReadLabel());
            if (!Try(','))
            {
                Expect('}');
                break;
            }
        }

        return new MetricSelector(name, labels.ToImmutable());
    }

    private LabelMatch ReadLabel()
    {
        var label = ReadName();
        SkipSpace();
        foreach (var sign in (ReadOnlySpan<string>)["=~", "!~", "!=", "="])
        {
            if (!text.AsSpan(_at).StartsWith(sign))
                continue;
            _at += sign.Length;
            var value = ReadString();
            return sign is "=~" or "!~"
                ? new LabelMatch(label, sign == "!~", null, PatternOf(value))
                : new LabelMatch(label, sign == "!=", value, null);
        }

        throw Wrong($"`{label}` wants one of =, !=, =~ and !~ behind it");
    }

    private Regex PatternOf(string pattern)
    {
        try
        {
            return new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking,
                PatternLimit);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Wrong($"`{pattern}` is no pattern: {e.Message}");
        }
    }

    private string ReadString()
    {
        SkipSpace();
        if (_at >= text.Length || text[_at] is not ('"' or '\''))
            throw Wrong("a label's value stands in quotes");
        var quote = text[_at++];
        var value = new StringBuilder();
        for (; _at < text.Length; _at++)
        {
            if (text[_at] == quote)
            {
                _at++;
                return value.ToString();
            }

            if (text[_at] == '\\' && _at + 1 < text.Length)
                _at++;
            value.Append(text[_at]);
        }

        throw Wrong("a quote is not closed");
    }

    // Prometheus' own rule: letters, digits, underscores and colons, no digit first.
    private string ReadName()
    {
        SkipSpace();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or ':'))
            _at++;
        return _at > start && !char.IsAsciiDigit(text[start])
            ? text[start.._at] : throw Wrong(_at < text.Length ? $"`{text[_at]}` is not expected" : "it ends too soon");
    }

    private bool TryWord(string word)
    {
        SkipSpace();
        var end = _at + word.Length;
        if (!text.AsSpan(_at).StartsWith(word)
            || (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or ':')))
            return false;
        _at = end;
        return true;
    }

    private bool Try(char sign)
    {
        SkipSpace();
        if (_at >= text.Length || text[_at] != sign)
            return false;
        _at++;
        return true;
    }

    private void Expect(char sign)
    {
        if (!Try(sign))
            throw Wrong($"`{sign}` is missing");
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    private FormatException Wrong(string what) => new($"{what} (at character {_at + 1})");
}
