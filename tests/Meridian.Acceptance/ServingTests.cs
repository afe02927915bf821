using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>Scenarios of the field study against the real program, over real sockets, in real time.</summary>
[Collection(Alone.Name)]
public sealed class ServingTests
{
    /// <summary>Scenario 1.</summary>
    [Fact]
    public async Task Cold_start_the_first_round_is_the_truth_and_there_is_no_answer_before_it()
    {
        await using var sites = TwoSites.Start();
        await sites.Second.StopAsync();
        await using var node = new TestNode(sites.Configuration("unhealthyThreshold: 50, interval: 1h, timeout: 300ms",
            "whenAllDown: ServFail"));

        await node.StartAsync();

        Assert.Equal([sites.First.Address], (await node.AskAsync(TwoSites.Name)).Addresses);
        var status = await node.StatusAsync();
        Assert.Equal(["Up", "Down"], status.Endpoints[0].Pools.Select(p => p.State));
        Assert.Equal("connect: refused", status.Endpoints[0].Pools[1].Addresses[0].Reason);
    }

    /// <summary>Scenario 9.</summary>
    [Fact]
    public async Task A_policy_of_SERVFAIL_until_known_fails_queries_before_the_first_verdict()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var node = new TestNode(TestNode.Zone
            + TestYaml.Part("HealthCheck", "c", "{timeout: 20s, interval: 30s, http: {}}") +
            TestYaml.Part("AddressPool", "p", $"{{healthCheck: c, addresses: [{{value: 127.0.0.1, port: {port}}}]}}") +
            TestYaml.Part("GlobalEndpoint", "e",
                $"{{hostname: {TwoSites.Name}, whenAllDown: ServFail, pools: [{{pool: p}}]}}"));

        await node.StartAsync(ready: false);

        Assert.Equal(2, (await node.AskAsync(TwoSites.Name)).Code);
        Assert.Equal(["10.0.0.80"], (await node.AskAsync("www.example.org")).Addresses);
        Assert.Equal("the first round of probes is not done", (await node.StatusAsync()).NotReady);
    }

    /// <summary>Scenarios 14 and 30.</summary>
    [Fact]
    public async Task A_full_failover_cycle_with_no_stale_answer_a_second_after_the_verdict()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(sites.Configuration()).StartAsync();
        await node.UntilAnswerAsync(TwoSites.Name, sites.First.Address);

        await sites.Second.StopAsync();
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Endpoints[0].Pools[1].State == "Down",
            () => node.Log);
        Assert.Equal([sites.First.Address], (await node.AskAsync(TwoSites.Name)).Addresses);

        sites.Second.Start();
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Endpoints[0].Pools[1].State == "Up",
            () => node.Log);
        await sites.First.StopAsync();
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Endpoints[0].Pools[0].State == "Down",
            () => node.Log);
        var verdict = Stopwatch.GetTimestamp();
        await node.UntilAnswerAsync(TwoSites.Name, sites.Second.Address);
        Assert.InRange(Stopwatch.GetElapsedTime(verdict).TotalSeconds, 0, 1);
        await node.UntilLoggedAsync($"pool p is removed from {TwoSites.Name}: address {sites.First.Address}: ");

        sites.First.Start();
        await node.UntilAnswerAsync(TwoSites.Name, sites.First.Address);
    }

    /// <summary>The watch of idle connections: a process's death is found though the interval is an hour.</summary>
    [Fact]
    public async Task The_death_of_a_process_is_seen_without_waiting_for_the_interval()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(
            sites.Configuration("interval: 1h, confirmInterval: 100ms, timeout: 300ms")).StartAsync();

        await sites.First.StopAsync();

        await node.UntilAnswerAsync(TwoSites.Name, sites.Second.Address);
    }

    /// <summary>Scenario 11.</summary>
    [Fact]
    public async Task A_hundred_names_with_the_same_target_share_one_probe_an_interval()
    {
        await using var sites = TwoSites.Start();
        var endpoints = string.Concat(Enumerable.Range(0, 100)
            .Select(i => TestYaml.Part("GlobalEndpoint", $"n{i}",
                $"{{hostname: n{i}.example.org, policy: Failover, pools: [{{pool: p}}]}}")));
        await using var node = await new TestNode(TestNode.Zone
            + TestYaml.Part("HealthCheck", "c", "{interval: 1s, watch: false, http: {host: shared.example.org}}") +
            TestYaml.Part("AddressPool", "p",
                $"{{healthCheck: c, addresses: [{{value: {sites.First.Address}, port: {sites.Port}}}]}}") + endpoints)
                .StartAsync();

        Assert.Equal(1, (await node.StatusAsync()).Health.Targets);
        var (before, started) = (sites.First.Requests, Stopwatch.GetTimestamp());
        await Wait.UntilAsync(() => sites.First.Requests >= before + 4, () => node.Log);

        // Three intervals lie between four probes; a hundred names of their own would need a few milliseconds.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(2), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task A_node_that_still_reads_its_configuration_stops_when_it_is_asked_to()
    {
        using var folder = new TestFolder();
        var site = TestYaml.Part("Site", "NAME", "{latitude: 1, longitude: 1}");
        var large = folder.Write("large.yaml", string.Concat(
            Enumerable.Range(0, 200_000).Select(i => site.Replace("NAME", $"s{i}", StringComparison.Ordinal))));
        var port = Ports.Free();
        using var node = Process.Start(new ProcessStartInfo("dotnet",
            [MeridianProgram.Library, "serve", "--config", large, "--dns", "127.0.0.1:0",
                "--management", $"127.0.0.1:{port}", "--state", folder.File("state")]))!;

        // So many names take seconds to read; it is past its own start by then.
        await Wait.UntilAsync(() => node.TotalProcessorTime > TimeSpan.FromSeconds(2),
            () => $"{node.TotalProcessorTime}");
        await Run.ProgramAsync("kill", "-TERM", $"{node.Id}");
        await node.WaitForExitAsync(TestContext.Current.CancellationToken).WithinAsync(20);

        Assert.Equal(0, node.ExitCode);
    }

    /// <summary>Scenario 10.</summary>
    [Fact]
    public async Task A_target_that_is_deleted_is_not_probed_again()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(
            sites.Configuration("interval: 200ms, confirmInterval: 100ms, watch: false")).StartAsync();
        await Wait.UntilAsync(() => sites.Second.Requests > 2, () => node.Log);

        node.Write(sites.Configuration("interval: 200ms, confirmInterval: 100ms, watch: false")
            .Replace(", {pool: s}", ""));
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Health.Targets == 1, () => node.Log);
        await FurtherProbesAsync(2); // a probe that was under way has ended by then
        var before = sites.Second.Requests;
        await FurtherProbesAsync(5);

        Assert.Equal(before, sites.Second.Requests);

        Task FurtherProbesAsync(int count)
        {
            var enough = sites.First.Requests + count;
            return Wait.UntilAsync(() => sites.First.Requests >= enough, () => node.Log);
        }
    }

    /// <summary>Scenario 13.</summary>
    [Fact]
    public async Task A_feed_of_another_program_is_followed_with_its_TTL()
    {
        var feed = Path.GetTempFileName();
        await File.WriteAllTextAsync(feed, "10.0.0.1 UP\n10.0.0.2 UP\n");
        await using var node = await new TestNode(TestNode.Zone
            + TestYaml.Part("HealthCheck", "c", $"{{interval: 500ms, external: {{file: {feed}}}}}") +
            TestYaml.Part("AddressPool", "p", "{healthCheck: c, addresses: [{value: 10.0.0.1}]}")
            + TestYaml.Part("AddressPool", "s", "{healthCheck: c, addresses: [{value: 10.0.0.2}]}") +
            TestYaml.Part("GlobalEndpoint", "e",
                $"{{hostname: {TwoSites.Name}, policy: Failover, ttl: 60s, minTtl: 1s, recovery: {{ramp: 0s}}, pools: "
                    + $"[{{pool: p}}, {{pool: s}}]}}")).StartAsync();
        await node.UntilAnswerAsync(TwoSites.Name, "10.0.0.1");

        await File.WriteAllTextAsync(feed, "10.0.0.1 DOWN\n10.0.0.2 UP/1\n");
        await node.UntilAnswerAsync(TwoSites.Name, "10.0.0.2");

        // The TTL grows with the time since the last change, but for the limit of the feed.
        var enough = (await node.StatusAsync()).Health.Probes + 10;
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Health.Probes >= enough, () => node.Log);
        Assert.Equal(1u, (await node.AskAsync(TwoSites.Name)).Ttl);

        await File.WriteAllTextAsync(feed, "10.0.0.1 UP/30\n10.0.0.2 UP\n");
        await node.UntilAnswerAsync(TwoSites.Name, "10.0.0.1");
        File.Delete(feed);
    }

    /// <summary>Scenario 29.</summary>
    [Fact]
    public async Task The_TTL_is_the_least_from_the_first_failed_probe_on()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(
            sites.Configuration("interval: 300ms, confirmInterval: 300ms, unhealthyThreshold: 100, timeout: 200ms"))
            .StartAsync();
        await Wait.UntilAsync(async () => (await node.AskAsync(TwoSites.Name)).Ttl == 5, () => node.Log);

        sites.First.Status = 503;

        await Wait.UntilAsync(async () => (await node.AskAsync(TwoSites.Name)).Ttl == 1, () => node.Log);
        Assert.Equal([sites.First.Address], (await node.AskAsync(TwoSites.Name)).Addresses);
    }

    /// <summary>Scenario 34.</summary>
    [Fact]
    public async Task A_reload_under_load_gives_no_failure_and_no_mixed_answer()
    {
        await using var node = await new TestNode(Generation(0)).StartAsync();
        using var stop = new CancellationTokenSource();
        var wrong = new List<string>();
        var asked = 0;
        var load = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            using var client = new UdpClient();
            client.Connect(IPAddress.Loopback, node.DnsPort);
            while (!stop.IsCancellationRequested)
            {
                await client.SendAsync(Answer.Query("all.example.org"));
                var answer = Answer.Parse((await client.ReceiveAsync(TestTime.Token(3))).Buffer);
                Interlocked.Increment(ref asked);
                var generations = answer.Addresses.Select(a => a.Split('.')[2]).Distinct().Count();
                if (answer.Code != 0 || answer.Addresses.Length != 3 || generations != 1)
                {
                    lock (wrong)
                        wrong.Add(answer.ToString());
                }
            }
        })).ToArray();

        for (var i = 1; i <= 10; i++)
        {
            node.Write(Generation(i));
            node.Signal("HUP");
            await Wait.UntilAsync(async () => (await node.AskAsync("all.example.org")).Addresses is [var first, ..]
                && first.Split('.')[2] == $"{i}", () => node.Log);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.Empty(wrong);
        Assert.True(asked > 100);

        static string Generation(int i) => TestNode.Zone +
            TestYaml.Part("AddressPool", "p",
                $"{{policy: All, addresses: [{{value: 10.0.{i}.1}}, {{value: 10.0.{i}.2}}, {{value: 10.0.{i}.3}}]}}") +
            TestYaml.Part("GlobalEndpoint", "e", "{hostname: all.example.org, pools: [{pool: p}]}");
    }

    /// <summary>Scenario 35.</summary>
    [Fact]
    public async Task A_broken_configuration_never_replaces_a_good_one_and_is_said()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(sites.Configuration()).StartAsync();

        node.Write(sites.Configuration().Replace("healthCheck: c", "helthCheck: c"));
        await Wait.UntilAsync(async () => !(await node.StatusAsync()).Configuration.Faults.IsEmpty, () => node.Log);

        Assert.Equal([sites.First.Address], (await node.AskAsync(TwoSites.Name)).Addresses);
        Assert.Contains("did you mean `healthCheck`?", (await node.StatusAsync()).Configuration.Faults[0]);
        await node.UntilLoggedAsync("is not applied");
        using var http = new HttpClient();
        Assert.Contains("meridian_configuration_faults{otel_scope_name=\"Meridian\"} 2",
            await http.GetStringAsync($"{node.Url}/metrics"));

        node.Write(sites.Configuration().Replace("ttl: 5s", "ttl: 7s"));
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Configuration.Faults.IsEmpty, () => node.Log);
        await node.UntilLoggedAsync("configuration applied");
    }

    /// <summary>Scenario 32.</summary>
    [Fact]
    public async Task An_override_acts_at_once_shows_the_real_verdict_and_outlives_a_restart()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(sites.Configuration()).StartAsync();

        var set = await node.CommandAsync("override", "set", "site/one", "down", "--reason", "maintenance", "--author",
            "thao");
        Assert.Equal(0, set.ExitCode);
        Assert.Equal("site/one down by thao: maintenance: 1 address, at this node alone", set.Output.Trim());
        Assert.Equal([sites.Second.Address], (await node.AskAsync(TwoSites.Name)).Addresses);
        var address = (await node.StatusAsync()).Endpoints[0].Pools[0].Addresses[0];
        Assert.Equal(("Down", "Up"), (address.State, address.Verdict));

        Assert.Equal(0, await node.StopAsync());
        await node.StartAsync();
        Assert.Equal([sites.Second.Address], (await node.AskAsync(TwoSites.Name)).Addresses);
        Assert.Contains("site/one down by thao: maintenance", (await node.CommandAsync("override", "list")).Output);

        Assert.Equal(0, (await node.CommandAsync("override", "clear", "site/one")).ExitCode);
        await node.UntilAnswerAsync(TwoSites.Name, sites.First.Address);
        Assert.Equal(1, (await node.CommandAsync("override", "clear", "site/one")).ExitCode);
        var last = await node.CommandAsync("override", "set", "site/*", "drain", "--reason", "all");
        Assert.Equal(1, last.ExitCode);
        Assert.Contains("it would leave nothing to serve", last.Error);
        var past = await node.CommandAsync("history", "--since", "1h");
        Assert.Matches("node +node .* has started(.|\n)*thao says site/one is down: maintenance(.|\n)*has stopped"
            + "(.|\n)*has started(.|\n)*cleared the override on site/one", past.Output);
        Assert.Equal(2, (await node.CommandAsync("history", "--kind", "pools")).ExitCode);
        Assert.Equal("no events", (await node.CommandAsync("history", "--until", "1d")).Output.Trim());
        Assert.Contains("nothing is called",
            (await node.CommandAsync("override", "set", "pool/nosuch", "drain", "--reason", "x", "--for", "1s")).Error);
    }

    /// <summary>Scenario 36.</summary>
    [Fact]
    public async Task After_a_restart_the_last_verdicts_stand_and_are_marked_until_probes_say_otherwise()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(
            sites.Configuration("interval: 300ms, confirmInterval: 100ms, timeout: 20s, watch: false")).StartAsync();
        await sites.First.StopAsync();
        await node.UntilAnswerAsync(TwoSites.Name, sites.Second.Address);
        await node.StopAsync();
        await sites.Second.StopAsync();

        // Both take connections and say nothing: no probe can end.
        using var first = Silent(sites.First.Address);
        using var second = Silent(sites.Second.Address);
        await node.StartAsync(ready: false);

        Assert.Equal([sites.Second.Address], (await node.AskAsync(TwoSites.Name)).Addresses);
        var status = await node.StatusAsync();
        Assert.False(status.Ready);
        Assert.All(status.Endpoints[0].Pools, p => Assert.True(p.Addresses[0].Remembered));
        Assert.Equal(["Down", "Up"], status.Endpoints[0].Pools.Select(p => p.State));

        TcpListener Silent(string address)
        {
            var listener = new TcpListener(IPAddress.Parse(address), sites.Port);
            listener.Start();
            return listener;
        }
    }

    [Fact]
    public async Task A_master_file_is_followed_and_a_broken_one_is_not_taken()
    {
        await using var node = new TestNode(TestNode.Zone.Replace("records:", "file: more.zone, records:"));
        var file = Path.Combine(Path.GetDirectoryName(node.ConfigurationFile)!, "more.zone");
        await File.WriteAllTextAsync(file, "$TTL 60\nhost A 10.0.0.1\n");
        await node.StartAsync();
        Assert.Equal(["10.0.0.1"], (await node.AskAsync("host.example.org")).Addresses);

        await File.WriteAllTextAsync(file, "$TTL 60\nhost A nonsense\n");
        await Wait.UntilAsync(async () => !(await node.StatusAsync()).Configuration.Faults.IsEmpty, () => node.Log);
        Assert.Contains("more.zone:2:1: error: A: `nonsense` is not an IPv4 address",
            (await node.StatusAsync()).Configuration.Faults[0]);
        Assert.Equal(["10.0.0.1"], (await node.AskAsync("host.example.org")).Addresses);

        await File.WriteAllTextAsync(file, "$TTL 60\nhost A 10.0.0.22\n");
        await node.UntilAnswerAsync("host.example.org", "10.0.0.22");
    }

    [Fact]
    public async Task A_damaged_state_store_is_said_and_stops_no_answer()
    {
        await using var sites = TwoSites.Start();
        await using var node = new TestNode(sites.Configuration());
        Directory.CreateDirectory(node.StateFolder);
        await File.WriteAllTextAsync(Path.Combine(node.StateFolder, "meridian.db"),
            string.Concat(Enumerable.Repeat("no database ", 1000)));

        await node.StartAsync();

        Assert.Equal([sites.First.Address], (await node.AskAsync(TwoSites.Name)).Addresses);
        await node.UntilLoggedAsync("was damaged");
    }

    [Fact]
    public async Task Stops_cleanly_on_SIGTERM_and_logs_ECS_when_asked()
    {
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(sites.Configuration()).StartAsync(ready: true, "--log", "json");

        Assert.Equal(0, await node.StopAsync());
        var line = System.Text.Json.JsonDocument.Parse(node.Log.Split('\n')[0]).RootElement;
        Assert.Equal("info", line.GetProperty("log.level").GetString()![..4]);
        Assert.True(line.TryGetProperty("@timestamp", out _) && line.TryGetProperty("ecs.version", out _));
    }
}
