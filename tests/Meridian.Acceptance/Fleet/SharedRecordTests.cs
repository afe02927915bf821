using System.Text;
using Meridian.Acceptance.Peers;
using Meridian.Acceptance.Support;
using Meridian.Testing.Etcd;

namespace Meridian.Acceptance.Fleet;

/// <summary>What clients write to one of three real nodes over a real etcd, all of them serve, and keep without it.
/// </summary>
public sealed class SharedRecordTests : IAsyncDisposable
{
    private static readonly string Configuration = TestNode.Zone
        .Replace("origin: example.org,", "origin: example.org, update: [{key: xfr}],", StringComparison.Ordinal)
        + TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}");

    private readonly HttpClient _http = new();
    private readonly TestFolder _folder = new();
    private readonly List<TestNode> _nodes = [];
    private EtcdMember _etcd = null!;

    public SharedRecordTests() => Assert.SkipWhen(EtcdMember.Missing is not null, EtcdMember.Missing ?? "");

    [Fact]
    public async Task Records_of_a_client_are_served_by_all_outlive_the_store_and_are_refused_without_it()
    {
        await StartAsync(3);
        Assert.Equal((204, ""), await CreateAsync(_nodes[0], "app", "10.0.0.7"));
        await UntilAllAsync("app.example.org", "10.0.0.7");

        // The next request comes to another node and builds on the first.
        Assert.Equal((204, ""), await CreateAsync(_nodes[1], "db", "10.0.0.8"));
        Assert.Contains("app.example.org", await _http.GetStringAsync($"{_nodes[1].Url}/api/v1/records"),
            StringComparison.Ordinal);
        await UntilAllAsync("db.example.org", "10.0.0.8");

        await _etcd.KillAsync();
        var (status, reason) = await CreateAsync(_nodes[2], "late", "10.0.0.9");
        Assert.Equal(503, status);
        Assert.Contains("the shared store did not take it", reason, StringComparison.Ordinal);
        await _nodes[1].StopAsync("KILL");
        await _nodes[1].StartAsync(true, Options);
        await UntilAllAsync("app.example.org", "10.0.0.7");
        Assert.Equal(3, (await _nodes[2].AskAsync("late.example.org")).Code);

        await _etcd.StartAsync();
        await Wait.UntilAsync(async () => (await CreateAsync(_nodes[2], "late", "10.0.0.9")).Status == 204,
            () => _nodes[2].Log);
        await UntilAllAsync("late.example.org", "10.0.0.9");
    }

    [Fact]
    public async Task Updates_are_served_by_all_in_one_order_outlive_the_store_and_fail_without_it()
    {
        Assert.SkipUnless(Run.Has("nsupdate"), "nsupdate is not installed; on Debian: apt-get install bind9-dnsutils");
        await StartAsync(3);
        Assert.Equal("", await UpdateAsync(0, "update add new.example.org 60 A 10.0.0.1"));
        await UntilAllAsync("new.example.org", "10.0.0.1");
        Assert.Contains("YXRRSET",
            await UpdateAsync(1, "prereq nxrrset new.example.org A\nupdate add new.example.org 60 A 10.0.0.2"));
        Assert.Equal("", await UpdateAsync(2, "update delete www.example.org"));
        await UntilAllAsync("www.example.org");

        await _etcd.KillAsync();
        Assert.Contains("SERVFAIL", await UpdateAsync(1, "update add late.example.org 60 A 10.0.0.9"));
        await _nodes[1].StopAsync("KILL");
        await _nodes[1].StartAsync(true, Options);
        await UntilAllAsync("new.example.org", "10.0.0.1");
        await UntilAllAsync("www.example.org");

        await _etcd.StartAsync();
        await Wait.UntilAsync(async () => await UpdateAsync(1, "update add late.example.org 60 A 10.0.0.9") == "",
            () => _nodes[1].Log);
        await UntilAllAsync("late.example.org", "10.0.0.9");
    }

    [Fact]
    public async Task What_a_node_had_before_it_joined_is_served_by_all()
    {
        await StartAsync(1);
        await using var joining = new TestNode(Configuration, "joining");
        await joining.StartAsync();
        Assert.Equal((204, ""), await CreateAsync(joining, "app", "10.0.0.7"));
        await joining.StopAsync();

        await joining.StartAsync(true, Options);
        await _nodes[0].UntilAnswerAsync("app.example.org", "10.0.0.7");
        await joining.UntilLoggedAsync("1 records of local, which this node alone had, are in the shared store");
    }

    [Fact]
    public async Task A_cookie_of_one_node_is_good_at_another()
    {
        Assert.SkipUnless(Run.Has("dig"), "dig is not installed; on Debian: apt-get install bind9-dnsutils");
        await StartAsync(2);
        var cookie = "";
        await Wait.UntilAsync(async () =>
        {
            cookie = await CookieAsync(0, "0123456789abcdef");
            return await CookieAsync(1, cookie) == cookie; // one that is not good is answered with another
        }, () => $"{cookie}\n{_nodes[1].Log}");
        Assert.Equal(48, cookie.Length);
        var forged = cookie[..47] + (cookie[47] == '0' ? '1' : '0');
        Assert.NotEqual(forged, await CookieAsync(1, forged));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (_etcd is not null)
            await _etcd.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    private string[] Options => ["--store", $"etcd://{_etcd.Address}", "--region", "eu"];

    private async Task StartAsync(int count)
    {
        _etcd = await EtcdMember.StartedAsync();
        var prepared = await MeridianProgram.RunAsync("store", "init", "--store", $"etcd://{_etcd.Address}");
        Assert.Equal(0, prepared.ExitCode);
        for (var i = 0; i < count; i++)
        {
            _nodes.Add(new TestNode(Configuration, $"n{i}"));
            await _nodes[i].StartAsync(true, Options);
            await _nodes[i].UntilLoggedAsync("the shared store is followed");
        }
    }

    private async Task UntilAllAsync(string name, params string[] addresses)
    {
        foreach (var node in _nodes)
            await node.UntilAnswerAsync(name, addresses);
    }

    private Task<string> UpdateAsync(int node, string commands) =>
        PrimaryTests.UpdateAsync(_nodes[node].DnsPort, _folder.Path, commands);

    private async Task<string> CookieAsync(int node, string sent)
    {
        var run = await Run.ProgramAsync("dig", "@127.0.0.1", "-p", $"{_nodes[node].DnsPort}", $"+cookie={sent}",
            "www.example.org", "A");
        return run.Output.Split('\n').First(l => l.StartsWith("; COOKIE:", StringComparison.Ordinal)).Split(' ')[2];
    }

    private async Task<(int Status, string Reason)> CreateAsync(TestNode node, string name, string address)
    {
        var body = $$"""{"create":[{"dnsName":"{{name}}.example.org","recordType":"A","targets":["{{address}}"]}]}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri($"{node.Url}/api/v1/records"), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
