using Meridian.Load.Scraping;
using Meridian.Model.Loads;
using Meridian.Model.Resources;

namespace Meridian.Load.Tests.Scraping;

public sealed class LoadTargetTests
{
    [Theory]
    [InlineData("10.0.0.1", 8000, null, HttpScheme.Http, "http://10.0.0.1:8000/metrics")]
    [InlineData("10.0.0.1", 8000, 9000, HttpScheme.Http, "http://10.0.0.1:9000/metrics")]
    [InlineData("10.0.0.1", null, null, HttpScheme.Http, "http://10.0.0.1/metrics")]
    [InlineData("10.0.0.1", null, null, HttpScheme.Https, "https://10.0.0.1/metrics")]
    [InlineData("10.0.0.1", 80, null, HttpScheme.Https, "https://10.0.0.1:80/metrics")]
    [InlineData("2001:db8::1", 8000, null, HttpScheme.Http, "http://[2001:db8::1]:8000/metrics")]
    public void The_scrape_s_own_port_comes_before_the_address_s_and_the_scheme_s_comes_last(string address, int? port,
        int? scrapePort, HttpScheme scheme, string url) =>
        Assert.Equal(new Uri(url), new LoadTarget(new LoadKey("p", address, port), new LoadSignal
        {
            Name = "s",
            Scrape = new LoadScrape { Engine = LoadEngine.Vllm, Port = scrapePort, Scheme = scheme, Path = "/metrics" },
        }).Url);

    [Fact]
    public void A_service_behind_a_tunnel_has_a_name_that_no_other_has()
    {
        var signal = new LoadSignal { Name = "s", Scrape = new LoadScrape { Engine = LoadEngine.Vllm } };
        var target = new LoadTarget(new LoadKey("p", "kokoro@lab", null), signal,
            new TunnelSource { Agent = "lab", Service = "kokoro" });
        Assert.Equal("http://kokoro.lab.tunnel.invalid/metrics", target.Url.ToString());
    }
}
