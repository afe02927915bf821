using System.Diagnostics.CodeAnalysis;
using Meridian.Model.Values;

namespace Meridian.Model.Verdicts;

/// <summary>
/// What an override speaks of: <c>address/POOL/VALUE</c>, <c>pool/NAME</c> or <c>site/NAME</c>, each part with
/// <c>*</c> for any run of characters.
/// </summary>
public sealed record OverrideTarget
{
    private readonly string[] _parts;

    private OverrideTarget(string text, string[] parts)
    {
        Text = text;
        _parts = parts;
    }

    public string Text { get; }

    public static bool TryParse(string? text, [NotNullWhen(true)] out OverrideTarget? target,
        [NotNullWhen(false)] out string? error)
    {
        target = null;
        error = null;
        var parts = (text ?? "").Split('/');
        if (parts.Length is 0 || parts.Any(p => p.Length == 0) || parts.Length > 3 || text!.Length > 512
            || (parts[0], parts.Length) is not (("address", 3) or ("pool", 2) or ("site", 2)))
        {
            error = $"`{text}` is not address/POOL/VALUE, pool/NAME or site/NAME"
                + (parts[0] is "address" or "pool" or "site"
                ? ""
                : Suggestion.For(parts[0], ["address", "pool", "site"]));
            return false;
        }

        target = new OverrideTarget(text, parts);
        return true;
    }

    /// <summary>Whether it speaks of the address.</summary>
    public bool Matches(string pool, string value, string? site) => _parts[0] switch
    {
        "address" => Glob.IsMatch(_parts[1], pool) && Glob.IsMatch(_parts[2], value),
        "pool" => Glob.IsMatch(_parts[1], pool),
        _ => site is not null && Glob.IsMatch(_parts[1], site),
    };

    public bool Equals(OverrideTarget? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
