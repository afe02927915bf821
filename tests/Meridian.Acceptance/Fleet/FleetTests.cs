using Meridian.Acceptance.Support;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Testing.Etcd;

namespace Meridian.Acceptance.Fleet;

/// <summary>Three real nodes over a real etcd are one traffic manager, and go on without it.</summary>
public sealed class FleetTests : IAsyncDisposable
{
    private readonly TwoSites _sites = TwoSites.Start();
    private readonly List<TestNode> _nodes = [];
    private EtcdMember _etcd = null!;

    public FleetTests() => Assert.SkipWhen(EtcdMember.Missing is not null, EtcdMember.Missing ?? "");

    [Fact]
    public async Task What_dies_for_all_is_down_on_all_and_every_node_says_who_sees_it()
    {
        await StartAsync("eu", "vn", "hk");
        await _sites.First.StopAsync();

        foreach (var node in _nodes)
            await node.UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);
        await UntilAsync(_nodes[1], s => s.Endpoints[0].Pools[0].Addresses[0].Votes.Count(v => v.State == "Down") == 3);
        var address = (await _nodes[1].StatusAsync()).Endpoints[0].Pools[0].Addresses[0];
        Assert.Equal("n1", address.Votes[0].Node);
        var explain = await _nodes[1].CommandAsync("explain", TwoSites.Name);
        Assert.Contains("n0 down", explain.Output);

        _sites.First.Start();
        foreach (var node in _nodes)
            await node.UntilAnswerAsync(TwoSites.Name, _sites.First.Address);
    }

    [Fact]
    public async Task An_override_that_one_node_takes_holds_on_all_and_outlives_them()
    {
        await StartAsync("eu", "vn");
        var set = await _nodes[0].CommandAsync("override", "set", "pool/p", "drain", "--reason", "works");
        Assert.Equal(0, set.ExitCode);

        await _nodes[1].UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);
        await _nodes[1].UntilLoggedAsync("says pool/p is drain: works");
        await _nodes[1].StopAsync("KILL");
        await _nodes[1].StartAsync(true, Options("vn"));
        await _nodes[1].UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);

        Assert.Equal(0, (await _nodes[1].CommandAsync("override", "clear", "pool/p")).ExitCode);
        await _nodes[0].UntilAnswerAsync(TwoSites.Name, _sites.First.Address);
        await _nodes[0].UntilLoggedAsync("was cleared at another node");
    }

    [Fact]
    public async Task Without_the_store_answers_go_on_and_a_change_is_refused()
    {
        await StartAsync("eu", "vn");
        var set = await _nodes[0].CommandAsync("override", "set", "pool/p", "drain", "--reason", "works");
        Assert.Equal(0, set.ExitCode);
        foreach (var node in _nodes)
            await node.UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);
        await _etcd.KillAsync();

        var refused = await _nodes[0].CommandAsync(
            "override", "set", "pool/s", "drain", "--reason", "works", "--force");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("the shared store did not take it", refused.Error);

        // What people said before stands, through a restart too: each node has a copy.
        await _nodes[1].StopAsync();
        await _nodes[1].StartAsync(true, Options("vn"));
        await _nodes[1].UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);
        var list = await _nodes[0].CommandAsync("node", "list");
        Assert.Equal(1, list.ExitCode);
        Assert.Contains("the shared store is away", list.Output);

        // Every node judges by itself meanwhile.
        await _sites.Second.StopAsync();
        await UntilAsync(_nodes[0], s => s.Endpoints[0].Pools[1].Addresses[0].Verdict == "Down");

        await _etcd.StartAsync();
        await Wait.UntilAsync(async () => (await _nodes[1].CommandAsync("node", "list")).ExitCode == 0,
            () => _nodes[1].Log);
        Assert.Equal(0, (await _nodes[1].CommandAsync("override", "clear", "pool/p")).ExitCode);
        await _nodes[0].UntilAnswerAsync(TwoSites.Name, _sites.First.Address);
    }

    [Fact]
    public async Task A_node_that_is_killed_leaves_the_list_and_changes_no_answer()
    {
        await StartAsync("eu", "vn", "hk");
        await _nodes[2].StopAsync("KILL");

        await _nodes[0].UntilLoggedAsync("node n2 is gone");
        var fleet = await FleetOf(_nodes[0]);
        Assert.Equal(["n0", "n1"], fleet.Nodes.Select(n => n.Name));
        Assert.DoesNotContain("is removed from", _nodes[0].Log);
    }

    [Fact]
    public async Task A_node_writes_nothing_into_a_store_that_nobody_has_prepared()
    {
        _etcd = await EtcdMember.StartedAsync();
        await AddAsync("eu");
        await _nodes[0].UntilLoggedAsync("the shared store is empty: `meridian store init` prepares it");
        Assert.Equal("", (await _etcd.ControlAsync("get", "--prefix", "/", "--keys-only")).Trim());

        await PrepareAsync();
        await Wait.UntilAsync(async () => (await FleetOf(_nodes[0])).Nodes.Length == 1, () => _nodes[0].Log);
        Assert.Equal("the store was prepared already", (await PrepareAsync()).Output.Trim());
    }

    [Fact]
    public async Task Two_nodes_of_one_name_are_told()
    {
        await StartAsync("eu");
        await using var other = new TestNode(_sites.Configuration(), "n0");
        await other.StartAsync(true, Options("eu"));

        await Wait.UntilAsync(() => _nodes[0].Log.Contains("another node is named n0 too", StringComparison.Ordinal)
            || other.Log.Contains("another node is named n0 too", StringComparison.Ordinal), () => other.Log);
    }

    [Fact]
    public async Task Calm_nodes_write_nothing()
    {
        await StartAsync("eu", "vn");
        await Wait.UntilAsync(async () => (await FleetOf(_nodes[0])).Nodes.Length == 2, () => _nodes[0].Log);
        await Wait.UntilAsync(async () => (await _etcd.ControlAsync("get", "--prefix", "/meridian/v1/default/coverage",
            "--keys-only")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 2, () => _nodes[1].Log);
        var before = await _etcd.RevisionAsync();
        await UntilAsync(_nodes[0], s => s.Health.Probes > 40); // many rounds later
        Assert.Equal(before, await _etcd.RevisionAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (_etcd is not null)
            await _etcd.DisposeAsync();
        await _sites.DisposeAsync();
    }

    private async Task StartAsync(params string[] regions)
    {
        _etcd = await EtcdMember.StartedAsync();
        Assert.Equal(0, (await PrepareAsync()).ExitCode);
        foreach (var region in regions)
            await AddAsync(region);
        foreach (var node in _nodes)
        {
            await Wait.UntilAsync(async () => (await FleetOf(node)).Nodes.Length == regions.Length, () => node.Log);
            await node.UntilAnswerAsync(TwoSites.Name, _sites.First.Address);
        }
    }

    private async Task AddAsync(string region)
    {
        var node = new TestNode(_sites.Configuration(), $"n{_nodes.Count}");
        _nodes.Add(node);
        await node.StartAsync(true, Options(region));
    }

    private Task<Run> PrepareAsync() => MeridianProgram.RunAsync("store", "init", "--store", $"etcd://{_etcd.Address}");

    private string[] Options(string region) => ["--store", $"etcd://{_etcd.Address}", "--region", region];

    private static async Task<FleetStatus> FleetOf(TestNode node)
    {
        using var client = new ManagementClient(new Uri(node.Url), null);
        return await client.FleetAsync(default);
    }

    private static Task UntilAsync(TestNode node, Func<StatusReport, bool> isSo) =>
        Wait.UntilAsync(async () => isSo(await node.StatusAsync()), () => node.Log);
}
