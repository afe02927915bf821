using Meridian.Api.Contracts;
using Meridian.CommandLine;
using Meridian.Model.Verdicts;

namespace Meridian.Tests.CommandLine;

public sealed class StatusViewTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void No_line_is_wider_than_the_terminal_and_no_address_is_broken(int width)
    {
        var lines = Print(UglyStatus.Report, width);

        Assert.All(lines, l => Assert.True(l.Length <= width, l));
        foreach (var address in UglyStatus.Report.Endpoints.SelectMany(e => e.Pools).SelectMany(p => p.Addresses))
            Assert.Contains(lines, l => l.Split(' ').Contains(address.Value));
    }

    [Theory]
    [InlineData(80, "endpoint|pool|address|verdict")]
    [InlineData(120, "endpoint|pool|state|weight|address|verdict|reason")]
    [InlineData(200, "endpoint|policy|ttl|pool|site|state|weight|address|verdict|since|reason|last probe|load")]
    [InlineData(10_000, "endpoint|policy|ttl|pool|site|state|weight|address|verdict|since|reason|last probe|in flight|"
        + "load|why that weight")]
    public void Columns_are_shown_by_how_much_they_matter_and_all_where_there_is_room(int width, string head) =>
        Assert.Equal(head, Terminal.HeadOf(Print(UglyStatus.Report, width), "address"));

    [Fact]
    public void A_weighted_endpoint_has_its_weights_in_eighty_columns()
    {
        var endpoint = UglyStatus.Report.Endpoints[0];
        var lines = Print(UglyStatus.Report with
        {
            Endpoints = [endpoint with { Hostname = "tts.example.com", Pools =
                [.. endpoint.Pools.Select((p, i) => p with { Name = $"pool-{i}", Addresses = [Short(p, i)] })] }],
        }, 80);

        Assert.Contains(lines, l => l.Contains("pool-0") && l.Split(' ').Contains("700"));
        Assert.Contains(lines, l => l.Contains("pool-1") && l.Split(' ').Contains("300"));
    }

    [Fact]
    public void A_pool_without_addresses_and_an_endpoint_without_pools_are_shown()
    {
        var lines = Print(UglyStatus.Report, 120);

        Assert.Contains(lines, l => l.Contains("flat.example.com") && l.Contains("empty") && l.Contains("no address"));
        Assert.Contains(lines, l => l.Contains("bare.example.com") && l.Contains("no pool"));
    }

    [Fact]
    public void A_pool_of_several_sites_has_the_site_of_each_address()
    {
        var lines = Print(UglyStatus.Report, 10_000);

        Assert.Contains(lines, l => l.Contains("203.0.113.1") && l.Contains("frankfurt"));
        Assert.Contains(lines, l => l.Contains("203.0.113.2") && l.Contains("paris"));
        Assert.DoesNotContain(lines, l => l.Contains("198.51.100.200") && l.Contains("vietnam"));
    }

    [Fact]
    public void A_host_name_that_is_wider_than_the_terminal_is_not_broken()
    {
        var name = $"{new string('a', 63)}.{new string('b', 63)}.example.net";
        var endpoint = UglyStatus.Report.Endpoints[1];
        var pool = endpoint.Pools[1] with { Addresses = [endpoint.Pools[1].Addresses[0] with { Value = name }] };

        var lines = Print(UglyStatus.Report with { Endpoints = [endpoint with { Pools = [pool] }] }, 80);

        Assert.Contains(lines, l => l.Trim() == name);
        Assert.All(lines.Where(l => !l.Contains(name) && !l.Contains('─')), l => Assert.True(l.Length <= 80, l));
    }

    [Theory]
    [InlineData(OverrideState.Down, "Up", "down by ann; maintenance (health check disagrees: up)")]
    [InlineData(OverrideState.Up, "Down", "up by ann; maintenance (health check disagrees: down, http: 503)")]
    [InlineData(OverrideState.Down, "Down", "down by ann; maintenance")]
    [InlineData(OverrideState.Drain, "Up", "drain by ann; maintenance")]
    [InlineData(OverrideState.Up, "Unknown", "up by ann; maintenance")]
    public void An_override_says_why_and_whether_the_health_check_disagrees(OverrideState state, string verdict,
        string text)
    {
        var endpoint = UglyStatus.Report.Endpoints[1];
        var address = endpoint.Pools[1].Addresses[0] with
        {
            Verdict = verdict,
            Reason = "http: 503",
            Override = new OverrideDocument("pool/p", state, "ann", "maintenance", default, null),
        };
        var pool = endpoint.Pools[1] with { Addresses = [address] };

        var lines = Print(UglyStatus.Report with { Endpoints = [endpoint with { Pools = [pool] }] }, 10_000);

        Assert.Single(lines, l => l.Contains($" {text} ", StringComparison.Ordinal));
    }

    private static AddressStatus Short(PoolStatus pool, int number) =>
        pool.Addresses[0] with { Value = $"192.0.2.{number}" };

    private static string[] Print(StatusReport status, int width) =>
        Terminal.Print(w => StatusView.Draw(status, w), width);
}
