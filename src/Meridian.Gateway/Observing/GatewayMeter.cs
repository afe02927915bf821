using System.Diagnostics.Metrics;

namespace Meridian.Gateway.Observing;

/// <summary>How long things take, as histograms; names of OpenTelemetry where there are any.</summary>
public sealed class GatewayMeter : IDisposable
{
    public const string Name = "Meridian.Gateway";

    public const string Duration = "http.server.request.duration";
    public const string FirstByte = "meridian.gateway.first_byte";
    public const string StreamGap = "meridian.gateway.stream_gap";

    // Up to ten minutes: answers of models take their time, and the conventional buckets end at ten seconds.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
            120, 300, 600],
    };

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstByte;
    private readonly Histogram<double> _streamGap;

    public GatewayMeter()
    {
        _duration = _meter.CreateHistogram(Duration, "s", Descriptions[0].Text, null, Buckets);
        _firstByte = _meter.CreateHistogram(FirstByte, "s", Descriptions[1].Text, null, Buckets);
        _streamGap = _meter.CreateHistogram(StreamGap, "s", Descriptions[2].Text, null, Buckets);
    }

    /// <summary>Each histogram with its labels and meaning, for the reference page.</summary>
    public static IReadOnlyList<(string Name, string[] Labels, string Text)> Descriptions { get; } =
    [
        (Duration, ["http_request_method", "http_route", "http_response_status_code"],
            "From the head of a request to the end of its answer; the route is the endpoint's name"),
        (FirstByte, ["route", "site"], "From sending a request to an address to the first octet of its answer"),
        (StreamGap, ["route", "site"], "The longest wait between two pieces of an answer"),
    ];

    public void Dispose() => _meter.Dispose();

    internal void Done(string route, string method, int status, TimeSpan elapsed)
    {
        if (_duration.Enabled)
            _duration.Record(elapsed.TotalSeconds, new("http.request.method", method), new("http.route", route),
                new("http.response.status_code", status));
    }

    internal void Began(string route, string site, TimeSpan elapsed)
    {
        if (_firstByte.Enabled)
            _firstByte.Record(elapsed.TotalSeconds, new("route", route), new("site", site));
    }

    internal void Gap(string route, string site, TimeSpan longest)
    {
        if (_streamGap.Enabled && longest > TimeSpan.Zero)
            _streamGap.Record(longest.TotalSeconds, new("route", route), new("site", site));
    }
}
