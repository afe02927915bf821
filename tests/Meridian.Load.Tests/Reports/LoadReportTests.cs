using System.Buffers.Binary;
using CsCheck;
using Meridian.Load.Reports;
using Meridian.Model.Loads;

namespace Meridian.Load.Tests.Reports;

public sealed class LoadReportTests
{
    // What servers send: Triton and Envoy Gateway with the word, vLLM without it, older Envoy with colons, gRPC in
    // binary.
    [Theory]
    [InlineData("endpoint-load-metrics", "TEXT application_utilization=0.5, named_metrics.kv_cache_utilization=0.7",
        0.5, null, 0.7)]
    [InlineData("endpoint-load-metrics",
        "JSON {\"application_utilization\": 0.5, \"named_metrics\": {\"kv_cache_utilization\": 0.7}}", 0.5, null, 0.7)]
    [InlineData("endpoint-load-metrics", "named_metrics.kv_cache_usage_perc=0.75,named_metrics.num_requests_waiting=3",
        null, 3.0, 0.75)]
    [InlineData("endpoint-load-metrics",
        "{\"named_metrics\":{\"num_requests_waiting\":3,\"kv_cache_usage_perc\":0.75}}", null, 3.0, 0.75)]
    [InlineData("endpoint-load-metrics", "cpu_utilization:0.3,application_utilization:0.6", 0.6, null, null)]
    [InlineData("Endpoint-Load-Metrics", "text cpu_utilization=0.3", 0.3, null, null)]
    [InlineData("endpoint-load-metrics-json",
        "{\"applicationUtilization\":0.4,\"namedMetrics\":{\"num_requests_waiting\":1}}", 0.4, 1.0, null)]
    public void Every_way_that_servers_write_it_is_read(string name, string value, double? given, double? waiting,
        double? memory)
    {
        Assert.True(LoadReport.IsReport(name));
        var figure = LoadReport.Read(name, value, DateTimeOffset.UnixEpoch)!;
        Assert.Equal((given, waiting, memory), (figure.Given, figure.Waiting, figure.Memory));
        Assert.Equal((LoadSource.Report, DateTimeOffset.UnixEpoch), (figure.Source, figure.At));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_binary_form_is_read_with_and_without_padding(bool padded)
    {
        byte[] message = [0x49, .. Octets(0.5), 0x42, (byte)(2 + 20 + 9), 0x0A, 20, .. "num_requests_waiting"u8, 0x11,
            .. Octets(4)];
        var text = Convert.ToBase64String(message);
        var figure = LoadReport.Read("endpoint-load-metrics-bin", padded ? text : text.TrimEnd('='),
            DateTimeOffset.UnixEpoch)!;
        Assert.Equal((0.5, 4), (figure.Given, figure.Waiting));
        Assert.NotNull(LoadReport.Read("endpoint-load-metrics", $"BIN {text}", DateTimeOffset.UnixEpoch));
    }

    /// <summary>A name stands alone, among the named metrics, or among the utilisations of resources.</summary>
    [Theory]
    [InlineData("num_requests_waiting=3")]
    [InlineData("utilization.num_requests_waiting=3")]
    [InlineData("named_metrics.num_requests_waiting=3")]
    [InlineData("num_requests_waiting=9,utilization.num_requests_waiting=3")]
    [InlineData("num_requests_waiting=9,utilization.num_requests_waiting=8,named_metrics.num_requests_waiting=3")]
    public void The_nearest_name_counts(string value) => Assert.Equal(3, Read(LoadReport.Header, value)!.Waiting);

    [Theory]
    [InlineData("application_utilization=0.5,")]
    [InlineData(" , application_utilization=0.5")]
    [InlineData("application_utilization = 0.5")]
    [InlineData("mem_utilization=0,application_utilization=0.5")]
    [InlineData("JSON {\"application_utilization\":0.5}")]
    [InlineData("{\"application_utilization\":0.5,\"a\":{\"b\":{\"c\":1}}}")]
    public void Empty_parts_blanks_and_fields_of_other_things_do_no_harm(string value) =>
        Assert.Equal(0.5, Read(LoadReport.Header, value)!.Given);

    [Fact]
    public void The_word_JSON_promises_an_object() =>
        Assert.Null(Read(LoadReport.Header, "JSON application_utilization=0.5"));

    [Fact]
    public void The_longest_report_is_16_KiB_and_has_256_fields()
    {
        const string report = "application_utilization=0.5";
        Assert.NotNull(Read(LoadReport.Header, report.PadRight(16 * 1024)));
        Assert.Null(Read(LoadReport.Header, report.PadRight((16 * 1024) + 1)));
        Assert.NotNull(Read(LoadReport.Header, Fields(255) + report));
        Assert.Null(Read(LoadReport.Header, Fields(256) + report));

        static string Fields(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"f{i}=1,"));
    }

    [Theory]
    [InlineData("0x49 0x00")] // a double that is cut off
    [InlineData("0x49 zero 0x49 zero")] // a field twice
    [InlineData("0x42 0x05 0x0A 0x7F")] // an entry that says more than it has
    [InlineData("0x07")] // a wire type that there is none of
    public void Binary_that_is_cut_off_or_doubled_is_none(string octets)
    {
        var message = octets.Split(' ').SelectMany(o => o == "zero" ? Octets(0.5) : [Convert.ToByte(o, 16)]).ToArray();
        Assert.Null(Read("endpoint-load-metrics-bin", Convert.ToBase64String(message)));
    }

    [Fact]
    public void Binary_fields_that_are_not_known_are_passed_over()
    {
        // Field 3 (rps, varint) of the message and of an entry of its map; then what is asked for.
        byte[] entry = [0x18, 0x07, 0x0A, 20, .. "num_requests_waiting"u8, 0x11, .. Octets(4)];
        byte[] message = [0x18, 0x96, 0x01, 0x42, (byte)entry.Length, .. entry, 0x49, .. Octets(0.5)];
        var figure = Read("endpoint-load-metrics-bin", Convert.ToBase64String(message))!;
        Assert.Equal((0.5, 4), (figure.Given, figure.Waiting));
    }

    [Theory]
    [InlineData("")]
    [InlineData("application_utilization")]
    [InlineData("application_utilization=")]
    [InlineData("application_utilization=NaN")]
    [InlineData("application_utilization=Infinity")]
    [InlineData("application_utilization=-1")]
    [InlineData("application_utilization=0.1,application_utilization=0.2")]
    [InlineData("JSON")]
    [InlineData("JSON {")]
    [InlineData("JSON []")]
    [InlineData("{\"application_utilization\":\"0.5\"}")]
    [InlineData("{\"application_utilization\":1e999}")]
    [InlineData("{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":1}}}}}")]
    [InlineData("BIN !!!")]
    [InlineData("rps_fractional=12")]
    public void What_is_no_report_or_says_nothing_of_load_is_none(string value) =>
        Assert.Null(LoadReport.Read(LoadReport.Header, value, DateTimeOffset.UnixEpoch));

    [Fact]
    public void Other_headers_are_no_reports()
    {
        Assert.False(LoadReport.IsReport("content-type"));
        Assert.False(LoadReport.IsReport("endpoint-load-metrics-format"));
        Assert.False(LoadReport.IsReport("endpoint-load-metric"));
    }

    [Fact]
    public void No_octets_break_it()
    {
        var names = Gen.Int[0, 2]
            .Select(i => new[]
            {
                "endpoint-load-metrics",
                "endpoint-load-metrics-json",
                "endpoint-load-metrics-bin",
            }[i]);
        var values = Gen.OneOf(
            Gen.String,
            Gen.Byte.Array[0, 200].Select(b => Convert.ToBase64String(b)),
            Gen.Int[0, 10].Select(i =>
                new[]
                {
                    "TEXT ",
                    "JSON ",
                    "BIN ",
                    "{\"a\":",
                    "named_metrics.",
                    "=",
                    ",",
                    ":",
                    "1e9",
                    "}",
                    "\"",
                }[i]).Array[0, 12].Select(string.Concat));
        Gen.Select(names, values).Sample((name, value) =>
        {
            var figure = LoadReport.Read(name, value, DateTimeOffset.UnixEpoch);
            return figure is null || figure.SaysSomething;
        });
    }

    private static LoadFigure? Read(string name, string value) =>
        LoadReport.Read(name, value, DateTimeOffset.UnixEpoch);

    private static byte[] Octets(double value)
    {
        var octets = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(octets, value);
        return octets;
    }
}
