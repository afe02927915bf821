using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Meridian.Model.Loads;

namespace Meridian.Load.Scraping;

/// <summary>
/// Reads the Prometheus text format (exposition format 0.0.4, and OpenMetrics as far as it is the same): the series of
/// the wanted names, and nothing else. A line that cannot be read is skipped, because another program may write it.
/// </summary>
public static class ExpositionReader
{
    /// <summary>Series that are taken at most.</summary>
    public const int MaxSamples = 10_000;

    /// <param name="text">The whole text in UTF-8.</param>
    /// <param name="names">The metrics that are wanted.</param>
    public static IReadOnlyList<MetricSample> Read(ReadOnlySpan<byte> text, FrozenSet<string> names)
    {
        var wanted = names.Select(n => (Name: n, Octets: Encoding.UTF8.GetBytes(n))).ToArray();
        var samples = new List<MetricSample>();
        while (!text.IsEmpty && samples.Count < MaxSamples)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            var length = line.IndexOfAny("{ \t"u8);
            if (length <= 0 || line[0] == '#')
                continue;
            foreach (var (name, octets) in wanted)
            {
                if (line[..length].SequenceEqual(octets)
                    && TryRead(name, Encoding.UTF8.GetString(line[length..]), out var sample))
                    samples.Add(sample);
            }
        }

        return samples;
    }

    // [{label="value",…}] value [timestamp]
    private static bool TryRead(string name, string rest, out MetricSample sample)
    {
        sample = null!;
        var labels = ImmutableDictionary.CreateBuilder<string, string>();
        var at = 0;
        if (rest[0] == '{' && !TryLabels(rest, ref at, labels))
            return false;
        var value = rest.AsSpan(at).Trim();
        var space = value.IndexOfAny(' ', '\t');
        if (space >= 0)
            value = value[..space];
        if (!TryNumber(value, out var number))
            return false;
        sample = new MetricSample(name, labels.ToImmutable(), number);
        return true;
    }

    private static bool TryLabels(string text, ref int at, ImmutableDictionary<string, string>.Builder labels)
    {
        at++;
        while (at < text.Length)
        {
            while (at < text.Length && text[at] is ' ' or '\t' or ',')
                at++;
            if (at < text.Length && text[at] == '}')
            {
                at++;
                return true;
            }

            var equals = text.IndexOf('=', at);
            if (equals < 0)
                return false;
            var label = text[at..equals].Trim();
            at = text.IndexOf('"', equals) + 1;
            if (at == 0 || !TryValue(text, ref at, out var value))
                return false;
            labels[label] = value;
        }

        return false;
    }

    private static bool TryValue(string text, ref int at, out string value)
    {
        var built = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                at++;
                value = built.ToString();
                return true;
            }

            if (text[at] == '\\' && at + 1 < text.Length)
                built.Append(text[++at] == 'n' ? '\n' : text[at]);
            else
                built.Append(text[at]);
        }

        value = "";
        return false;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double number)
    {
        number = text switch
        {
            "+Inf" or "Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.NaN,
        };
        return text is "+Inf" or "Inf" or "-Inf" or "NaN"
            || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
