using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Meridian.Model.Values;

/// <summary>Durations as people write them: <c>500ms</c>, <c>15s</c>, <c>2m</c>, <c>1h30m</c>, <c>1d</c>.</summary>
public static class Durations
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>Reads whole numbers, each followed by its unit. A bare number is refused, <c>0</c> included.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (string.IsNullOrEmpty(text) || text.Length > 32)
            return false;
        var total = 0m;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture,
                out var number))
                return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAnyInRange('0', '9');
            var unit = letters < 0 ? rest : rest[..letters];
            if (!TryUnit(unit, out var length))
                return false;
            rest = rest[unit.Length..];
            total += (decimal)number * length.Ticks;
            if (total > TimeSpan.FromDays(36500).Ticks)
                return false;
        }

        duration = TimeSpan.FromTicks((long)total);
        return true;
    }

    /// <summary>
    /// Writes what <see cref="TryParse"/> reads, in the fewest units; below a millisecond is cut off.
    /// </summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.FromMilliseconds(1))
            return "0s";
        var text = "";
        var rest = duration;
        foreach (var (unit, length) in Units)
        {
            var count = rest.Ticks / length.Ticks;
            if (count == 0)
                continue;
            text += count.ToString(CultureInfo.InvariantCulture) + unit;
            rest -= length * count;
        }

        return text;
    }

    private static bool TryUnit(ReadOnlySpan<char> text, out TimeSpan length)
    {
        foreach (var (unit, unitLength) in Units)
        {
            if (text.SequenceEqual(unit))
            {
                length = unitLength;
                return true;
            }
        }

        length = default;
        return false;
    }
}
