using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Meridian.Model.Values;

/// <summary>An HTTP status code or a range of them, both ends included: <c>401</c> or <c>200-299</c>.</summary>
public readonly record struct StatusRange(int First, int Last)
{
    public static bool TryParse([NotNullWhen(true)] string? text, out StatusRange range)
    {
        range = default;
        if (text is null)
            return false;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var first = dash < 0 ? text : text[..dash];
        var last = dash < 0 ? text : text[(dash + 1)..];
        if (!TryCode(first, out var low) || !TryCode(last, out var high) || low > high)
            return false;
        range = new StatusRange(low, high);
        return true;
    }

    public bool Contains(int status) => status >= First && status <= Last;

    private static bool TryCode(string text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is >= 100 and <= 599;
}
