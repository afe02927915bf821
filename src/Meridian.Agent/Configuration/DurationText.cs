using System.Globalization;

namespace Meridian.Agent.Configuration;

/// <summary>Durations as people write them: <c>500ms</c>, <c>2s</c>, <c>1.5m</c>, <c>1h</c>.</summary>
internal static class DurationText
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Null for what is no duration, or longer than a day.</summary>
    public static TimeSpan? Read(string text)
    {
        var (number, unit) = text switch
        {
            [.. var digits, 'm', 's'] => (digits, TimeSpan.FromMilliseconds(1)),
            [.. var digits, 's'] => (digits, TimeSpan.FromSeconds(1)),
            [.. var digits, 'm'] => (digits, TimeSpan.FromMinutes(1)),
            [.. var digits, 'h'] => (digits, TimeSpan.FromHours(1)),
            _ => ("", TimeSpan.Zero),
        };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value <= Longest / unit // which NaN is not
            ? value * unit : null;
    }
}
