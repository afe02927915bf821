using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>Metrics in the Prometheus text format, read from each address.</summary>
public sealed record LoadScrape
{
    [Field("What serves the metrics, so that their names are known", Default = "none: `metrics` names them")]
    public LoadEngine? Engine { get; init; }

    [Field("The names of the metrics, in place of the engine's")]
    public LoadMetrics Metrics { get; init; } = new();

    [Field("`http` or `https`")]
    public HttpScheme Scheme { get; init; }

    [Field("Port of the metrics", Min = "1", Max = "65535",
        Default = "the address's `port`, or 80 for http and 443 for https")]
    public int? Port { get; init; }

    [Field("Path and query")]
    public string Path { get; init; } = "/metrics";

    [Field("Time between two readings of an address", Min = "500ms", Max = "1m")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    [Field("How long one reading may take", Min = "50ms", Max = "1m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    [Field("TLS options, for https")]
    public TlsCheck Tls { get; init; } = new();
}
