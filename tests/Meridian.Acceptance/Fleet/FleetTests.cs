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
        Assert.Equal([("n0", true), ("n1", true), ("n2", false)], fleet.Nodes.Select(n => (n.Name, n.Here)));
        Assert.DoesNotContain("is removed from", _nodes[0].Log);

        var list = await _nodes[0].CommandAsync("node", "list");
        Assert.Equal((1, true), (list.ExitCode, list.Output.Contains("it is gone", StringComparison.Ordinal)));
        Assert.Equal("node n2 is forgotten", (await _nodes[0].CommandAsync("node", "forget", "n2")).Output.Trim());
        await Wait.UntilAsync(async () => (await FleetOf(_nodes[1])).Nodes.Length == 2, () => _nodes[1].Log);
        Assert.Equal(0, (await _nodes[1].CommandAsync("node", "list")).ExitCode);
    }

    [Fact]
    public async Task A_drained_node_has_no_part_in_verdicts_until_it_is_let_back()
    {
        await StartAsync("eu", "vn", "hk");
        await Wait.UntilAsync(async () => (await FleetOf(_nodes[0])).Nodes.Length == 3, () => _nodes[0].Log);
        var drain = await _nodes[0].CommandAsync("node", "drain", "n2", "--reason", "new disk", "--author", "ann");
        Assert.Equal((0, "node n2 is drained by ann: new disk"), (drain.ExitCode, drain.Output.Trim()));

        await _nodes[1].UntilLoggedAsync("node n2 has no opinion: it is drained by ann: new disk");
        await _sites.First.StopAsync();
        await UntilAsync(_nodes[1], s => s.Endpoints[0].Pools[0].Addresses[0].Votes
            .Any(v => v is { Node: "n2", State: "Abstains", Reason: "is drained by ann: new disk" }));
        foreach (var node in _nodes)
            await node.UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);

        // A drained node that is started again is drained still.
        await _nodes[2].StopAsync();
        await _nodes[2].StartAsync(true, Options("hk"));
        await _nodes[2].UntilLoggedAsync("ann has drained node n2: new disk");
        Assert.Equal(0, (await _nodes[2].CommandAsync("node", "restore", "n2")).ExitCode);
        await UntilAsync(_nodes[1], s => s.Endpoints[0].Pools[0].Addresses[0].Votes
            .Any(v => v is { Node: "n2", State: "Down" }));
        Assert.Equal(1, (await _nodes[0].CommandAsync("node", "restore", "n2")).ExitCode);
    }

    [Fact]
    public async Task While_the_store_is_away_one_node_takes_an_override_for_itself()
    {
        await StartAsync("eu", "vn");
        string[] set = ["override", "set", "pool/p", "drain", "--reason", "works", "--author", "ann", "--local"];
        var early = await _nodes[0].CommandAsync(set);
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("without --local this one holds for all nodes", early.Error);
        await _etcd.KillAsync();
        await _nodes[0].UntilLoggedAsync("the shared store is away");

        var taken = await _nodes[0].CommandAsync(set);
        Assert.Equal(0, taken.ExitCode);
        Assert.EndsWith("1 address, at this node alone", taken.Output.Trim(), StringComparison.Ordinal);
        await _nodes[0].UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);
        await _nodes[1].UntilAnswerAsync(TwoSites.Name, _sites.First.Address);

        // The return of the store ends it not, and does not let it be overlooked.
        await _etcd.StartAsync();
        await Wait.UntilAsync(async () => (await FleetOf(_nodes[0])).Attached, () => _nodes[0].Log);
        var list = await _nodes[0].CommandAsync("node", "list");
        Assert.Equal(1, list.ExitCode);
        Assert.Contains("the override on pool/p by ann holds at this node alone, until", list.Output);
        await _nodes[0].UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);
        Assert.Equal(0, (await _nodes[0].CommandAsync("override", "clear", "pool/p")).ExitCode);
        await _nodes[0].UntilAnswerAsync(TwoSites.Name, _sites.First.Address);
        Assert.Equal(0, (await _nodes[0].CommandAsync("node", "list")).ExitCode);
    }

    [Fact]
    public async Task What_was_exported_stands_again_in_a_new_store()
    {
        using var folder = new TestFolder();
        var file = folder.File("backup.json");
        await StartAsync("eu");
        Assert.Equal(0, (await _nodes[0].CommandAsync("override", "set", "pool/p", "drain", "--reason", "works"))
            .ExitCode);
        var export = await MeridianProgram.RunAsync("store", "export", file, "--store", $"etcd://{_etcd.Address}");
        Assert.Equal(0, export.ExitCode);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        await using var other = await EtcdMember.StartedAsync();
        string[] import = ["store", "import", file, "--store", $"etcd://{other.Address}"];
        Assert.Equal(0, (await MeridianProgram.RunAsync(import)).ExitCode);
        await using var node = new TestNode(_sites.Configuration(), "n9");
        await node.StartAsync(true, "--store", $"etcd://{other.Address}");
        await node.UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);

        // What came later is not lost without a word.
        Assert.Equal(0, (await node.CommandAsync("override", "clear", "pool/p")).ExitCode);
        Assert.Equal(0, (await node.CommandAsync("override", "set", "pool/s", "up", "--reason", "works")).ExitCode);
        var refused = await MeridianProgram.RunAsync(import);
        Assert.Contains("keys that the file has not", refused.Error);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Equal(0, (await MeridianProgram.RunAsync([.. import, "--replace"])).ExitCode);
        await node.UntilAnswerAsync(TwoSites.Name, _sites.Second.Address);
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
