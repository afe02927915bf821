using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Meridian.ExternalDns;

/// <summary>Counts for <c>/metrics</c>, in the Prometheus text format.</summary>
internal sealed class WebhookMetrics
{
    private const string Prefix = "meridian_external_dns_";

    private readonly ConcurrentDictionary<(string Operation, bool Failed), long> _requests = [];
    private long _leftOut;
    private long _records;

    public void Count(string operation, bool failed) => _requests.AddOrUpdate((operation, failed), 1, (_, n) => n + 1);

    public void CountLeftOut() => Interlocked.Increment(ref _leftOut);

    public long Records
    {
        set => Volatile.Write(ref _records, value);
    }

    public string Write()
    {
        var text = new StringBuilder();
        Head("requests_total", "counter", "Requests of ExternalDNS, by what it asked and what came of it.");
        foreach (var ((operation, failed), count) in _requests.OrderBy(r => r.Key))
        {
            var outcome = failed ? "failed" : "done";
            Line($"requests_total{{operation=\"{operation}\",outcome=\"{outcome}\"}}", count);
        }

        Head("left_out_total", "counter", "Wanted records that cannot be served and were left out.");
        Line("left_out_total", Volatile.Read(ref _leftOut));
        Head("records", "gauge", "Records when they were last read.");
        Line("records", Volatile.Read(ref _records));
        return text.ToString();

        void Head(string name, string type, string help) =>
            text.Append(CultureInfo.InvariantCulture, $"# HELP {Prefix}{name} {help}\n# TYPE {Prefix}{name} {type}\n");

        void Line(string series, long value) =>
            text.Append(CultureInfo.InvariantCulture, $"{Prefix}{series} {value}\n");
    }
}
