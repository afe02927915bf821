using System.Globalization;

namespace Meridian.Testing;

/// <summary>What a process and its children have used, from <c>/proc</c>.</summary>
/// <param name="ProcessorSeconds">Processor time in user and kernel mode.</param>
/// <param name="ResidentMegabytes">Resident memory, in MiB.</param>
public sealed record ProcessUsage(double ProcessorSeconds, double ResidentMegabytes)
{
    private const double TicksPerSecond = 100;

    public static ProcessUsage Of(int id)
    {
        var all = Family(id).Select(Stat).OfType<double[]>().ToArray();
        return new ProcessUsage(all.Sum(s => (s[11] + s[12]) / TicksPerSecond),
            all.Sum(s => s[21] * Environment.SystemPageSize / 1024 / 1024));
    }

    private static IEnumerable<int> Family(int id)
    {
        var children = $"/proc/{id}/task/{id}/children";
        var text = File.Exists(children) ? File.ReadAllText(children) : "";
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(c => Family(int.Parse(c, CultureInfo.InvariantCulture))).Prepend(id);
    }

    // Fields of /proc/PID/stat behind the name in parentheses: utime is the 12th of them, stime the 13th, rss the 22nd.
    private static double[]? Stat(int id)
    {
        var file = $"/proc/{id}/stat";
        if (!File.Exists(file))
            return null;
        var text = File.ReadAllText(file);
        return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ')
            .Select(f => double.TryParse(f, CultureInfo.InvariantCulture, out var n) ? n : 0)];
    }
}
