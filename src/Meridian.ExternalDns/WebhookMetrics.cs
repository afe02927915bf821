using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Meridian.ExternalDns;

/// <summary>Counts for <c>/metrics</c>, in the Prometheus text format.</summary>
internal sealed class WebhookMetrics
{
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
        text.Append("# HELP meridian_external_dns_requests_total Requests of ExternalDNS, by what it asked and what came of it.\n# TYPE meridian_external_dns_requests_total counter\n");
        foreach (var ((operation, failed), count) in _requests.OrderBy(r => r.Key))
            text.Append(CultureInfo.InvariantCulture,
                $"meridian_external_dns_requests_total{{operation=\"{operation}\",outcome=\"{(failed ? "failed" : "done")}\"}} {count}\n");
        text.Append("# HELP meridian_external_dns_left_out_total Wanted records that cannot be served and were left out.\n# TYPE meridian_external_dns_left_out_total counter\n");
        text.Append(CultureInfo.InvariantCulture,
            $"meridian_external_dns_left_out_total {Volatile.Read(ref _leftOut)}\n");
        text.Append("# HELP meridian_external_dns_records Records at the last look.\n# TYPE meridian_external_dns_records gauge\n");
        text.Append(CultureInfo.InvariantCulture, $"meridian_external_dns_records {Volatile.Read(ref _records)}\n");
        return text.ToString();
    }
}
