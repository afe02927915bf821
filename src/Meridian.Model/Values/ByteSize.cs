using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Meridian.Model.Values;

/// <summary>
/// A number of octets, written as a whole number with <c>Ki</c>, <c>Mi</c> or <c>Gi</c>, or as <c>0</c>.
/// </summary>
public readonly record struct ByteSize(long Octets)
{
    private static readonly (string Unit, int Bits)[] Units = [("Gi", 30), ("Mi", 20), ("Ki", 10)];

    public static bool TryParse([NotNullWhen(true)] string? text, out ByteSize value)
    {
        value = default;
        if (text == "0")
            return true;
        foreach (var (unit, bits) in Units)
        {
            if (text is null || !text.EndsWith(unit, StringComparison.Ordinal))
                continue;
            if (!int.TryParse(text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;
            value = new ByteSize((long)number << bits);
            return true;
        }

        return false;
    }

    public override string ToString()
    {
        foreach (var (unit, bits) in Units)
        {
            if (Octets > 0 && Octets % (1L << bits) == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{Octets >> bits}{unit}");
        }

        return Octets.ToString(CultureInfo.InvariantCulture);
    }
}
