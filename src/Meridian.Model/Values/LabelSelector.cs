using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Meridian.Model.Values;

/// <summary>
/// A label selector as <c>kubectl</c> reads it: requirements with commas between, all of which an object has to meet,
/// such as <c>app=kokoro,tier in (web, edge),!canary</c>.
/// </summary>
public sealed class LabelSelector
{
    private readonly ImmutableArray<Requirement> _requirements;

    private LabelSelector(ImmutableArray<Requirement> requirements) => _requirements = requirements;

    /// <summary>Reads a selector; an empty one, which would select everything, is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LabelSelector? selector, out string error)
    {
        selector = null;
        var requirements = ImmutableArray.CreateBuilder<Requirement>();
        foreach (var part in Parts(text))
        {
            if (Read(part.Trim()) is not { } requirement)
            {
                error = $"`{part.Trim()}` is no requirement of labels such as `app=kokoro`, `tier!=test`, "
                    + "`tier in (web, edge)`, `tier notin (test)`, `app` or `!canary`";
                return false;
            }

            requirements.Add(requirement);
        }

        error = "";
        selector = new LabelSelector(requirements.ToImmutable());
        return true;
    }

    /// <summary>Whether an object with these labels meets every requirement.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => _requirements.All(r => r.IsMetBy(labels));

    // Commas in parentheses part values and no requirements.
    private static IEnumerable<string> Parts(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (text[i] != ',' || depth > 0)
                continue;
            yield return text[start..i];
            start = i + 1;
        }

        yield return text[start..];
    }

    private static Requirement? Read(string part)
    {
        if (part.StartsWith('!') && !part.Contains('=', StringComparison.Ordinal))
            return Make(part[1..].Trim(), isMet: false, null);
        foreach (var (sign, isMet) in new[] { ("!=", false), ("==", true), ("=", true) })
        {
            if (part.Split(sign, 2) is [var key, var value])
                return Make(key.Trim(), isMet, [value.Trim()]);
        }

        if (part.Split(['(', ')'], StringSplitOptions.TrimEntries) is [var head, var list, ""]
            && head.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, ("in" or "notin") and var word])
            return Make(name, word == "in", [.. list.Split(',', StringSplitOptions.TrimEntries)]);
        return Make(part, isMet: true, null);
    }

    private static Requirement? Make(string key, bool isMet, ImmutableArray<string>? values) =>
        IsKey(key) && (values is null || values.Value.All(v => v.Length == 0 || IsName(v)))
            ? new Requirement(key, values, isMet) : null;

    private static bool IsKey(string text) => text.Split('/') switch
    {
        [var name] => IsName(name),
        [var prefix, var name] => ResourceName.IsValid(prefix) && IsName(name),
        _ => false,
    };

    private static bool IsName(string text) => text.Length is > 0 and <= 63
        && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <param name="Key">The label.</param>
    /// <param name="Values">The values that are meant; null for any.</param>
    /// <param name="IsMet">Whether an object meets it that has the label with one of the values, or one that has
    /// not.</param>
    private sealed record Requirement(string Key, ImmutableArray<string>? Values, bool IsMet)
    {
        public bool IsMetBy(IReadOnlyDictionary<string, string> labels) =>
            (labels.TryGetValue(Key, out var value) && (Values is not { } values || values.Contains(value))) == IsMet;
    }
}
