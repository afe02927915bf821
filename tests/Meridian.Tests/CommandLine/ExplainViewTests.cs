using System.Collections.Immutable;
using Meridian.CommandLine;
using Meridian.Steering.Explaining;

namespace Meridian.Tests.CommandLine;

public sealed class ExplainViewTests
{
    private const string Hostname = "kokoro-text-to-speech-with-a-rather-long-first-label.inference.ai.example.com";

    private static readonly Explanation Ugly = new()
    {
        Name = Hostname,
        Endpoint = "kokoro",
        Hostname = Hostname,
        Policy = "Weighted",
        Client = new ClientExplanation("2001:db8:1234:5600::/56", "Hanoi", "VN", "AS", 21, 105, 64500, []),
        Steps = [.. Enumerable.Repeat("the client 2001:db8:1234:5600::/56 is in Hanoi (VN, AS, AS64500), which "
            + "GeoLite2 says, and its nearest pool is kokoro-text-to-speech-hanoi-with-a-name-of-sixty-characters", 5)],
        Pools = [Pool(1, "vietnam-hanoi-datacentre-no-2", UglyStatus.LongAddress, "198.51.100.200"),
            Pool(2, null, "203.0.113.1"), Pool(3, null)],
        Behind = [Pool(1, null, "10.0.0.1")],
        Answer = new AnswerExplanation("Values", [UglyStatus.LongAddress, "198.51.100.200"], 30,
            "a pool is suspected, so that minTtl counts", 56, false),
    };

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void No_line_is_wider_than_the_terminal_and_no_address_is_broken(int width)
    {
        var lines = Print(width);

        Assert.All(lines, l => Assert.True(l.Length <= width, l));
        foreach (var address in Ugly.Pools.Concat(Ugly.Behind).SelectMany(p => p.Addresses))
            Assert.Contains(lines, l => l.Split(' ').Contains(address.Value));
    }

    [Theory]
    [InlineData(80, "#|pool|address|verdict")]
    [InlineData(120, "#|pool|site|km|state|address|verdict|reason")]
    [InlineData(200, "#|pool|site|km|weight|share|state|address|verdict|reason|load|why that weight")]
    public void Columns_are_shown_by_how_much_they_matter(int width, string head) =>
        Assert.Equal(head, Terminal.HeadOf(Print(width), "address"));

    [Fact]
    public void A_pool_without_addresses_is_shown() => Assert.Contains(Print(200), l => l.Contains("no address"));

    [Theory]
    [InlineData("health check disagrees: down, http: 503", "(health check disagrees: down, http: 503)")]
    [InlineData(null, "(verdict Down: http: 503)")]
    public void An_override_stands_beside_what_the_health_check_says(string? disagreement, string shown)
    {
        var pool = Pool(1, null, "10.0.0.1");
        var address = pool.Addresses[0] with
        {
            Override = "up by ann: the check is wrong",
            Verdict = "Down",
            Reason = "http: 503",
            Disagreement = disagreement,
        };
        var lines = Terminal.Print(w => ExplainView.Draw(
            Ugly with { Pools = [pool with { Addresses = [address] }] }, w), 400);

        Assert.Contains(lines, l => l.Contains($"up by ann: the check is wrong {shown}", StringComparison.Ordinal));
    }

    private static string[] Print(int width) => Terminal.Print(w => ExplainView.Draw(Ugly, w), width);

    private static PoolExplanation Pool(int rank, string? site, params string[] addresses) => new()
    {
        Rank = rank,
        Name = $"kokoro-text-to-speech-hanoi-with-a-name-of-sixty-characters-{rank}",
        Site = site,
        State = "Up",
        Since = DateTimeOffset.UnixEpoch,
        DistanceKm = site is null ? null : 12_345,
        Weight = 333,
        WeightReason = "0.83 busy, the others 0.4: moved by a tenth",
        Share = 0.4,
        Up = 1,
        MinHealthy = 1,
        Chosen = rank == 1,
        Addresses = [.. addresses.Select((a, i) => new AddressExplanation(a, "Up", "Up",
            "https: status 503 Service Unavailable, wanted 200-299 (2 of 2); remembered from before the restart",
            DateTimeOffset.UnixEpoch, i == 0 ? null : "drain by somebody: maintenance", 1,
            "0.83 busy: 12 running, 3 waiting of 16", null, i == 0))],
    };
}
