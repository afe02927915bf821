using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Meridian.Model.Values;

/// <summary>A count, or a percentage of a whole: <c>2</c> or <c>50%</c>. The only field type with two forms.</summary>
public readonly record struct CountOrPercent(int Number, bool IsPercent)
{
    /// <summary>Reads a whole number of at least 0, or 0 to 100 followed by <c>%</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CountOrPercent value)
    {
        value = default;
        if (string.IsNullOrEmpty(text))
            return false;
        var percent = text[^1] == '%';
        var digits = percent ? text[..^1] : text;
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || (percent && number > 100))
            return false;
        value = new CountOrPercent(number, percent);
        return true;
    }

    /// <summary>How many of <paramref name="whole"/> that is; a fraction of one counts as one.</summary>
    public int Of(int whole) => IsPercent ? (int)Math.Ceiling(whole * Number / 100.0) : Number;

    /// <summary>How many of <paramref name="whole"/> that is at most; a fraction of one does not count.</summary>
    public int AtMostOf(int whole) => IsPercent ? whole * Number / 100 : Math.Min(whole, Number);

    public override string ToString() => IsPercent ? $"{Number}%" : Number.ToString(CultureInfo.InvariantCulture);
}
