using System.Text.Json;
using Meridian.Acceptance.Support;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Testing.Etcd;

namespace Meridian.Acceptance.Fleet;

/// <summary>
/// Three nodes, a store and two sites, each on a host of its own, and links between them that are cut: what each node
/// answers is what the votes that reach it allow.
/// </summary>
[Collection(Alone.Name)]
public sealed class PartitionTests : IAsyncDisposable
{
    private static readonly string[] Nodes = ["eu", "vn", "hk"];

    private readonly TestFolder _folder = new();
    private readonly List<ChildProcess> _processes = [];
    private Network _network = null!;

    [Fact]
    public async Task Cut_links_take_a_site_from_those_alone_that_have_lost_it()
    {
        Assert.SkipWhen(EtcdMember.Missing is not null, EtcdMember.Missing ?? "");
        var missing = await Network.MissingAsync();
        Assert.SkipWhen(missing is not null, missing ?? "");
        await StartAsync();
        await UntilAsync("up up up");

        // One region cannot reach the site: it alone sends its clients elsewhere.
        await _network.CutAsync("hk", "one");
        await UntilAsync("up up down");
        await UntilReasonAsync("hk", "reachable from eu, vn, not from hk");

        // The same region loses the store too. It goes on by itself, and the others miss it.
        await _network.CutAsync("hk", "store");
        await UntilMembersAsync("eu", "eu, vn");
        Assert.Equal("up up down", await StatesAsync());

        await _network.HealAsync();
        await UntilMembersAsync("eu", "eu, hk, vn");
        await UntilAsync("up up up");
        Assert.DoesNotContain("is removed from", _processes[^3].Log); // the eu node has changed no answer
        Assert.DoesNotContain("is removed from", _processes[^2].Log);

        // Two of three lose it, each over its own way: it is down for all, also for the one that reaches it.
        await _network.CutAsync("eu", "one");
        await _network.CutAsync("one", "vn"); // only the way back
        await UntilAsync("down down down");
        await UntilReasonAsync("hk", "down for 2 of 3");

        // The store is cut off from everybody: what is down stays so, and answers go on.
        foreach (var node in Nodes)
            await _network.CutAsync(node, "store");
        await UntilDetachedAsync("hk");
        Assert.Equal("down down down", await StatesAsync());

        await _network.HealAsync();
        await UntilAsync("up up up");
        await UntilMembersAsync("hk", "eu, hk, vn");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        _network = await Network.CreateAsync();
        foreach (var host in (string[])["store", "one", "two", .. Nodes])
            await _network.AddAsync(host);

        // A site is whatever accepts connections.
        foreach (var host in (string[])["store", "one", "two"])
            Start(host, Etcd(host));
        var configuration = _folder.Write("config.yaml", TestNode.Zone
            + TestYaml.Part("HealthCheck", "h",
                "{interval: 500ms, confirmInterval: 100ms, timeout: 300ms, tcp: {port: 2379}}")
            + TestYaml.Part("AddressPool", "one", $"{{healthCheck: h, addresses: [{{value: {At("one")}}}]}}")
            + TestYaml.Part("AddressPool", "two", $"{{healthCheck: h, addresses: [{{value: {At("two")}}}]}}")
            + TestYaml.Part("GlobalEndpoint", "e",
                "{hostname: e.example.org, policy: Failover, pools: [{pool: one}, {pool: two}]}"));
        var store = $"etcd://{At("store")}:2379";
        await Wait.UntilAsync(async () => (await _network.RunAsync("eu", "dotnet", MeridianProgram.Library, "store",
            "init", "--store", store)).ExitCode == 0, () => _processes[0].Log);
        foreach (var node in Nodes)
        {
            Start(node, "dotnet", MeridianProgram.Library, "serve", "--config", configuration, "--dns", "127.0.0.1:53",
                "--management", "127.0.0.1:8080", "--state", _folder.File(node), "--node", node, "--region", node,
                "--store", store);
        }

        foreach (var node in Nodes)
            await UntilMembersAsync(node, "eu, hk, vn");
    }

    private string[] Etcd(string host) =>
    [
        "etcd", "--data-dir", _folder.File($"data-{host}"), "--logger", "zap",
        "--listen-client-urls", $"http://{At(host)}:2379", "--advertise-client-urls", $"http://{At(host)}:2379",
        "--listen-peer-urls", "http://127.0.0.1:2380", "--initial-advertise-peer-urls", "http://127.0.0.1:2380",
        "--initial-cluster", "default=http://127.0.0.1:2380",
    ];

    private string At(string host) => _network.AddressOf(host);

    private void Start(string host, params string[] program)
    {
        var all = _network.On(host, program);
        _processes.Add(ChildProcess.Start(all[0], all[1..]));
    }

    private async Task<T?> GetAsync<T>(string node, string path) where T : class
    {
        var run = await _network.RunAsync(node, "curl", "-s", "-m", "5", $"http://127.0.0.1:8080/api/v1/{path}");
        return run.ExitCode == 0 ? JsonSerializer.Deserialize<T>(run.Output, ApiJson.Options) : null;
    }

    private async Task<string> StateAsync(string node) =>
        (await GetAsync<StatusReport>(node, "status"))?.Endpoints[0].Pools[0].State.ToLowerInvariant() ?? "silent";

    private async Task<string> StatesAsync() => string.Join(' ', await Task.WhenAll(Nodes.Select(StateAsync)));

    private async Task UntilAsync(string states)
    {
        var seen = "";
        await Wait.UntilAsync(async () => (seen = await StatesAsync()) == states, () => $"{seen}, not {states}\n{Log}");
    }

    private async Task UntilReasonAsync(string node, string reason)
    {
        var seen = "";
        await Wait.UntilAsync(async () => (seen = (await GetAsync<StatusReport>(node, "status"))
            ?.Endpoints[0].Pools[0].Addresses[0].Reason ?? "").StartsWith(reason, StringComparison.Ordinal),
            () => $"{node}: {seen}\n{Log}");
    }

    private async Task UntilMembersAsync(string node, string members)
    {
        var seen = "";
        await Wait.UntilAsync(async () => (seen = string.Join(", ",
            (await GetAsync<FleetStatus>(node, "nodes"))?.Nodes.Where(n => n.Here).Select(n => n.Name) ?? []))
            == members, () => $"{node}: {seen}, not {members}\n{Log}");
    }

    private Task UntilDetachedAsync(string node) => Wait.UntilAsync(
        async () => await GetAsync<FleetStatus>(node, "nodes") is { Attached: false }, () => Log);

    private string Log => string.Join("\n--\n", _processes.TakeLast(3).Select(p => p.Log));
}
