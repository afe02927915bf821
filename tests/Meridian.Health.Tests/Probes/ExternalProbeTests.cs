using Meridian.Health.Probes;
using Meridian.Health.Tests.Support;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Microsoft.AspNetCore.Http;
using static Meridian.Health.Tests.Support.Probing;

namespace Meridian.Health.Tests.Probes;

public sealed class ExternalProbeTests
{
    [Theory]
    [InlineData("10.0.0.1 UP", true, null)]
    [InlineData("10.0.0.1 down", false, null)]
    [InlineData("\t10.0.0.1   Up # the last word", true, null)]
    [InlineData("10.0.0.2 UP\r\n10.0.0.1 DOWN\r\n10.0.0.3 UP", false, null)]
    [InlineData("10.0.0.1 DOWN\n10.0.0.1 UP", true, null)]
    [InlineData("10.0.0.1 UP/30", true, 30)]
    [InlineData("10.0.0.1 DOWN/0", false, 0)]
    [InlineData("10.0.0.1 UP/86400", true, 86400)]
    [InlineData("10.0.0.1 UP\n#10.0.0.1 DOWN\n10.0.0.1 DOWN now\n10.0.0.1", true, null)]
    public void The_last_line_of_the_address_decides(string feed, bool up, int? seconds)
    {
        var finding = ExternalProbe.Find(feed, "10.0.0.1");

        Assert.Equal((up, true, (double?)seconds), (finding.Ok, finding.Decisive, finding.TtlLimit?.TotalSeconds));
    }

    [Theory]
    [InlineData("2001:DB8:0::1 UP", "2001:db8::1")]
    [InlineData("node-1.example UP", "node-1.example")]
    public void An_address_may_be_written_in_any_form(string feed, string target) =>
        Assert.True(ExternalProbe.Find(feed, target).Ok);

    [Theory]
    [InlineData("", "external: the feed has no line for 10.0.0.1")]
    [InlineData("10.0.0.10 UP\n#10.0.0.1 UP", "external: the feed has no line for 10.0.0.1")]
    [InlineData("10.0.0.1 MAYBE", "external: `MAYBE` is not UP or DOWN with an optional /SECONDS")]
    [InlineData("10.0.0.1 UP/", "external: `UP/` is not UP or DOWN with an optional /SECONDS")]
    [InlineData("10.0.0.1 UP/86401", "external: `UP/86401` is not UP or DOWN with an optional /SECONDS")]
    [InlineData("10.0.0.1 UP/-1", "external: `UP/-1` is not UP or DOWN with an optional /SECONDS")]
    public void A_feed_without_a_state_of_the_address_is_a_failed_probe_that_thresholds_apply_to(
        string feed, string reason)
    {
        var finding = ExternalProbe.Find(feed, "10.0.0.1");

        Assert.Equal((false, false, reason), (finding.Ok, finding.Decisive, finding.Reason));
    }

    [Fact]
    public async Task A_feed_is_read_from_a_file()
    {
        var file = Path.GetTempFileName();
        var check = Check(new ExternalCheck { File = file });
        await File.WriteAllTextAsync(file, "127.0.0.1 UP/30\n10.0.0.1 DOWN\n");

        var result = await ProbeAsync(check);
        Assert.True(result is { Ok: true, Decisive: true, TtlLimit.TotalSeconds: 30 });
        Assert.Equal("DOWN external: DOWN", await AskAsync(check, target: "10.0.0.1"));

        await File.WriteAllBytesAsync(file, new byte[(4 << 20) + 1]);
        Assert.Equal($"DOWN external: the feed cannot be read ({file} is larger than 4 MiB)", await AskAsync(check));

        File.Delete(file);
        Assert.StartsWith("DOWN external: the feed cannot be read", await AskAsync(check));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# written by hand\n\n")]
    public async Task A_feed_that_is_cut_to_nothing_takes_nothing_down(string nothing)
    {
        var file = Path.GetTempFileName();
        var check = Check(new ExternalCheck { File = file });
        await File.WriteAllTextAsync(file, nothing);
        Assert.Equal("DOWN external: the feed is empty", await AskAsync(check));
        using var probe = new ExternalProbe(TimeProvider.System);
        await File.WriteAllTextAsync(file, "127.0.0.1 UP\n10.0.0.1 DOWN\n");
        Assert.True((await ReadAsync("127.0.0.1")).Ok);

        await File.WriteAllTextAsync(file, nothing);

        Assert.Equal((true, true, "external: UP (the feed is empty now, and its last state counts)"),
            await ReadAsync("127.0.0.1"));
        Assert.False((await ReadAsync("10.0.0.1")).Ok);
        File.Delete(file);

        async Task<(bool Ok, bool Decisive, string Reason)> ReadAsync(string target)
        {
            var finding = await probe.ReadAsync(check.External!, new ProbeKey(check.Name, target, 0, ""),
                TestContext.Current.CancellationToken);
            return (finding.Ok, finding.Decisive, finding.Reason);
        }
    }

    [Fact]
    public async Task A_feed_is_read_from_a_server()
    {
        await using var server = await HttpServer.StartAsync(c => c.Request.Path == "/feed"
            ? c.Response.WriteAsync("127.0.0.1 UP\n")
            : c.Response.WriteAsync(new string('#', (4 << 20) + 1)));
        HealthCheck At(string path) => Check(new ExternalCheck { Url = $"http://127.0.0.1:{server.Port}{path}" });

        Assert.Equal("external: UP", await AskAsync(At("/feed")));
        Assert.StartsWith("DOWN external: the feed cannot be read", await AskAsync(At("/large")));
    }

    private static HealthCheck Check(ExternalCheck check) => new() { Name = "c", External = check };
}
