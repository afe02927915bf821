using System.Diagnostics.CodeAnalysis;
using Meridian.Addresses;
using Meridian.Model.Values;

namespace Meridian.Model.Verdicts;

/// <summary>
/// The addresses that an override is for: <c>address/POOL/VALUE</c>, <c>pool/NAME</c> or <c>site/NAME</c>, each part
/// with <c>*</c> for any run of characters.
/// </summary>
public sealed record OverrideTarget
{
    private static readonly string[] Sorts = ["address", "pool", "site"];

    private readonly string[] _parts;

    private OverrideTarget(string text, string[] parts)
    {
        Text = text;
        _parts = parts;
    }

    /// <summary>The target as it was written.</summary>
    public string Text { get; }

    /// <summary>The site, as it was written; null where it is for something else.</summary>
    public string? Site => _parts[0] == "site" ? _parts[1] : null;

    /// <summary>The pool of a pool or an address, as it was written.</summary>
    public string? Pool => _parts[0] == "site" ? null : _parts[1];

    /// <summary>The address, as it was written.</summary>
    public string? Address => _parts.Length > 2 ? _parts[2] : null;

    /// <summary>Reads a target; <paramref name="error"/> says what is wrong with one that is refused.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out OverrideTarget? target,
        [NotNullWhen(false)] out string? error)
    {
        target = null;
        error = null;
        var parts = (text ?? "").Split('/');
        if (parts.Any(p => p.Length == 0) || parts.Length > 3 || text!.Length > 512
            || (parts[0], parts.Length) is not (("address", 3) or ("pool", 2) or ("site", 2)))
        {
            var hint = Sorts.Contains(parts[0]) ? "" : Suggestion.For(parts[0], Sorts);
            error = $"`{text}` is not address/POOL/VALUE, pool/NAME or site/NAME{hint}";
            return false;
        }

        target = new OverrideTarget(text, parts);
        return true;
    }

    /// <summary>Whether the address is one of them.</summary>
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
