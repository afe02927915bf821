using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Meridian.Acceptance.Support;
using Meridian.Testing.Etcd;

namespace Meridian.Acceptance;

[Collection(Alone.Name)]
public sealed class CommandTests
{
    private static string Example => Path.Combine(AppContext.BaseDirectory, "../../../../../examples/two-regions");

    [Fact]
    public async Task Check_prints_every_fault_and_exits_by_what_it_found()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "bad.yaml");
        await File.WriteAllTextAsync(file,
            TestNode.Zone.Replace("origin", "orign") + TestYaml.Part("AddressPool", "p", "{addresses: []}"));

        var bad = await MeridianProgram.RunAsync("check", file);
        var json = await MeridianProgram.RunAsync("check", file, "-o", "json");
        foreach (var example in Directory.EnumerateDirectories(Path.GetDirectoryName(Example)!))
            Assert.Equal(0, (await MeridianProgram.RunAsync("check", example)).ExitCode);
        var good = await MeridianProgram.RunAsync("check", Example);

        Assert.Equal(1, bad.ExitCode);
        Assert.Contains($"{file}:4:8: error: unknown field `orign`; did you mean `origin`?", bad.Output);
        Assert.Contains("pool `p` has no addresses", bad.Output);
        Assert.False(JsonDocument.Parse(json.Output).RootElement.GetProperty("sound").GetBoolean());
        Assert.Equal((0, ""), (good.ExitCode, good.Error));
        Assert.StartsWith("sound: 1 zone, 1 endpoint, 2 pools", good.Output);
    }

    [Fact]
    public async Task Check_warns_of_what_is_served_otherwise_than_it_may_be_meant()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "z.yaml"),
            TestYaml.Part("Zone", "z", "{origin: example.org, file: z.zone}"));
        var zone = Path.Combine(folder, "z.zone");
        await File.WriteAllTextAsync(zone,
            "$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\nns 30 A 192.0.2.2\n");

        var text = await MeridianProgram.RunAsync("check", folder);
        var json = await MeridianProgram.RunAsync("check", folder, "-o", "json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.StartsWith($"{zone}:5:1: warning: the A records of ns.example.org. differ in TTL", text.Output);
        Assert.EndsWith(", 1 warning", text.Output.TrimEnd());
        var root = JsonDocument.Parse(json.Output).RootElement;
        Assert.True(root.GetProperty("sound").GetBoolean());
        Assert.Equal(5, root.GetProperty("warnings")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Wrong_usage_exits_2_and_says_how()
    {
        foreach (var arguments in (string[][])[["serve"], ["nosuch"], ["explain"], ["drill", "--url", "ftp://x"],
            ["serve", "--config", "x", "--dns", "5300"]])
        {
            var run = await MeridianProgram.RunAsync(arguments);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("--help", run.Error);
        }
    }

    [Fact]
    public async Task What_cannot_be_reached_or_started_exits_3_with_one_line()
    {
        using var taken = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.Client.LocalEndPoint!).Port;
        var state = Directory.CreateTempSubdirectory().FullName;
        var sound = Path.Combine(state, "sound.yaml");
        await File.WriteAllTextAsync(sound, TestNode.Zone);

        var status = await MeridianProgram.RunAsync("status", "--server", "http://127.0.0.1:1");
        var dns = await MeridianProgram.RunAsync("serve", "--config", sound, "--dns", $"127.0.0.1:{port}",
            "--state", state);
        var open = await MeridianProgram.RunAsync("serve", "--config", sound, "--dns", $"127.0.0.1:{Ports.Free()}",
            "--management", "0.0.0.0:8053", "--state", state);
        var broken = await MeridianProgram.RunAsync("serve", "--config", "/nosuch", "--state", state);

        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var management = await MeridianProgram.RunAsync("serve", "--config", sound, "--dns",
            $"127.0.0.1:{Ports.Free()}", "--management", $"{other.LocalEndpoint}", "--state", state);

        Assert.Equal(3, management.ExitCode);
        Assert.Contains("choose another address with --management", management.Error);
        Assert.DoesNotContain("answers DNS", management.Error);
        Assert.DoesNotContain("   at ", management.Error);
        Assert.Equal((3, 3, 3, 3), (status.ExitCode, dns.ExitCode, open.ExitCode, broken.ExitCode));
        Assert.Contains("is one running there?", status.Error);
        Assert.Contains("choose another address with --dns", dns.Error);
        Assert.Contains("needs --management-cert", open.Error);
        Assert.Contains("there is no such file", broken.Error);
    }

    [Fact]
    public async Task Explain_and_status_tell_people_and_tools()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(sites.Configuration()).StartAsync();

        var words = await node.CommandAsync("explain", TwoSites.Name, "--client", "198.51.100.0/24");
        var json = await node.CommandAsync("explain", TwoSites.Name, "-o", "json");
        var wrong = await node.CommandAsync("explain", "ap.example.org");
        var status = await node.CommandAsync("status");
        await sites.First.StopAsync();
        await sites.Second.StopAsync();
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Endpoints[0].Serving == false, () => node.Log);
        var down = await node.CommandAsync("status", "-o", "json");

        Assert.Contains($"The answer comes from pool p (policy RoundRobin): {sites.First.Address}.", words.Output);
        Assert.Equal("p", JsonDocument.Parse(json.Output).RootElement.GetProperty("pools")[0].GetProperty("name")
            .GetString());
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains($"did you mean `{TwoSites.Name}`?", wrong.Error);
        Assert.Equal(0, status.ExitCode);
        Assert.Contains("http: 200", status.Output);
        Assert.Equal(1, down.ExitCode);
    }

    [Fact]
    public async Task The_API_documents_itself_and_refuses_strange_hosts_and_wrong_requests()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(sites.Configuration()).StartAsync();
        using var http = new HttpClient();

        var openApi = JsonDocument.Parse(
            await http.GetStringAsync($"{node.Url}/openapi/v1.json")).RootElement.GetProperty("paths");
        using var strange = new HttpRequestMessage(HttpMethod.Get,
            $"{node.Url}/api/v1/status")
        { Headers = { Host = "evil.example" } };
        var refused = await http.SendAsync(strange);
        var wrong = await http.PostAsync($"{node.Url}/api/v1/overrides",
            new StringContent("{\"target\": \"x\", \"state\": \"down\", \"reason\": \"r\", \"author\": \"a\"}", null,
                "application/json"));
        using var events = new StreamReader(await http.GetStreamAsync($"{node.Url}/api/v1/events"));
        Assert.Equal(": connected", await events.ReadLineAsync());
        await events.ReadLineAsync();
        await node.CommandAsync("override", "set", "pool/p", "drain", "--reason", "test");
        var line = await events.ReadLineAsync();

        Assert.True(openApi.TryGetProperty("/api/v1/explain", out _));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, refused.StatusCode);
        Assert.Equal("application/problem+json", wrong.Content.Headers.ContentType!.MediaType);
        Assert.Equal("event: override", line);
        Assert.Equal(3, JsonDocument.Parse(
            await http.GetStringAsync($"{node.Url}/api/v1/resources")).RootElement.EnumerateArray()
            .Count(r => r.GetProperty("kind").GetString() is "GlobalEndpoint" or "AddressPool"));
        Assert.Contains("is drained", await http.GetStringAsync($"{node.Url}/api/v1/history"));
    }

    [Fact]
    public async Task A_drill_counts_what_a_client_sees_while_a_scenario_runs()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(sites.Configuration("interval: 300ms, confirmInterval: 100ms"))
            .StartAsync();
        var scenario = Path.GetTempFileName();
        await File.WriteAllTextAsync(scenario,
            $"# seconds command\n1 dotnet {MeridianProgram.Library} override set pool/p down --reason drill --server "
                + $"{node.Url}\n");

        var drill = await MeridianProgram.RunAsync("drill", "--url", $"http://{TwoSites.Name}:{sites.Port}/",
            "--resolver", $"127.0.0.1:{node.DnsPort}", "--interval", "200ms", "--checks", "30",
            "--scenario", scenario, "-o", "json");

        Assert.Equal(0, drill.ExitCode);
        var summary = JsonDocument.Parse(drill.Output).RootElement.GetProperty("summaries")[0];
        Assert.Equal(30, summary.GetProperty("successful").GetInt32());
        Assert.Equal([sites.First.Address, sites.Second.Address],
            summary.GetProperty("sites").EnumerateObject().Select(s => s.Name));
        File.Delete(scenario);
    }

    /// <summary>
    /// Scenario 48, ten times as fast: 180 checks, the site dies at the 30th and is back at the 120th. It was 55 of
    /// 180.
    /// </summary>
    [Fact]
    public async Task Checks_fail_only_between_a_death_and_the_end_of_the_TTL_and_through_the_gateway_never()
    {
        await using var sites = TwoSites.Start();
        var gateway = Ports.Free();
        await using var node = await new TestNode(
            sites.Configuration("interval: 300ms, confirmInterval: 100ms, timeout: 300ms",
                "recovery: {ramp: 0s}, gateway: {}").Replace("ttl: 5s", "ttl: 1s"))
            .StartAsync(true, "--gateway", $"127.0.0.1:{gateway}");
        var report = Path.GetTempFileName();
        var drill = MeridianProgram.RunAsync("drill", "--url", $"http://{TwoSites.Name}:{sites.Port}/", "--resolver",
            $"127.0.0.1:{node.DnsPort}",
            "--via", "dns,gateway", "--gateway", $"127.0.0.1:{gateway}", "--interval", "100ms", "--checks", "180",
                "--report", report, "--server", node.Url, "-o", "json");

        await Task.Delay(3000);
        await sites.First.StopAsync();
        await Task.Delay(9000);
        sites.First.Start();

        var run = await drill;
        Assert.Equal(0, run.ExitCode);
        var summaries = JsonDocument.Parse(run.Output).RootElement.GetProperty("summaries");
        Assert.InRange(summaries[0].GetProperty("successful").GetInt32(), 150, 180);
        Assert.InRange(summaries[0].GetProperty("downtimes").GetArrayLength(), 0, 1);
        Assert.Equal(2, summaries[0].GetProperty("sites").EnumerateObject().Count());

        // The gateway closes what DNS cannot.
        Assert.Equal(180, summaries[1].GetProperty("successful").GetInt32());
        Assert.Equal(0, summaries[1].GetProperty("downtimes").GetArrayLength());
        var page = await File.ReadAllTextAsync(report);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.Contains("is removed from app.example.org", page, StringComparison.Ordinal);
        File.Delete(report);
    }

    /// <summary>
    /// The five states, on the demo's own sites; the preferred one may be behind a tunnel, whose agent is killed.
    /// </summary>
    [Theory]
    [InlineData]
    [InlineData("--tunnel")]
    [InlineData("--nodes", "3")]
    public async Task The_demo_passes_its_five_state_drill(params string[] more)
    {
        Assert.SkipWhen(more.Contains("--nodes") && EtcdMember.Missing is not null, EtcdMember.Missing ?? "");
        var drill = await MeridianProgram.RunAsync(["demo", "--drill", "--state-length", "3s", "-o", "json", .. more]);

        Assert.True(drill.ExitCode == 0, drill.Output + drill.Error);
        var result = JsonDocument.Parse(drill.Output).RootElement;
        Assert.True(result.GetProperty("right").GetBoolean());
        foreach (var way in result.GetProperty("ways").EnumerateArray())
            Assert.All(way.GetProperty("states").EnumerateArray(),
                s => Assert.True(s.GetProperty("right").GetBoolean()));

        // While any site lives, nothing fails through the gateway.
        var alive = result.GetProperty("ways")[1].GetProperty("whileAnythingWasAlive");
        Assert.Equal(alive.GetProperty("checks").GetInt32(), alive.GetProperty("successful").GetInt32());
    }
}
