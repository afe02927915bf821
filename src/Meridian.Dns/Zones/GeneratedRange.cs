using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Meridian.Dns.Zones;

/// <summary>
/// The numbers of a <c>$GENERATE</c>: <c>start-stop</c> or <c>start-stop/step</c>, as BIND has them.
/// </summary>
internal readonly record struct GeneratedRange(int Start, int Stop, int Step)
{
    public IEnumerable<int> Numbers
    {
        get
        {
            for (long number = Start; number <= Stop; number += Step)
                yield return (int)number;
        }
    }

    /// <summary>How many numbers there are.</summary>
    public long Count => (((long)Stop - Start) / Step) + 1;

    public static bool TryParse(string text, out GeneratedRange range, [NotNullWhen(false)] out string? error)
    {
        range = default;
        var (from, step) = text.Split('/') is [var f, var s] ? (f, s) : (text, "1");
        if (from.Split('-') is not [var first, var last] || !TryNumber(first, out var start)
            || !TryNumber(last, out var stop) || !TryNumber(step, out var by) || by == 0 || stop < start)
        {
            error = $"`{text}` is not a range: `start-stop` or `start-stop/step`, of numbers up to {int.MaxValue}";
            return false;
        }

        range = new GeneratedRange(start, stop, by);
        error = null;
        return true;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
