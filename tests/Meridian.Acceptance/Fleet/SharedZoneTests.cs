using System.Globalization;
using System.Text.RegularExpressions;
using Meridian.Acceptance.Peers;
using Meridian.Acceptance.Support;
using Meridian.Testing.Etcd;

namespace Meridian.Acceptance.Fleet;

/// <summary>Other servers may copy a zone from any of several real nodes over a real etcd.</summary>
public sealed partial class SharedZoneTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<TestNode> _nodes = [];
    private readonly Dictionary<TestNode, uint> _serials = [];
    private EtcdMember _etcd = null!;
    private PeerProcess? _secondary;

    public SharedZoneTests()
    {
        Assert.SkipWhen(EtcdMember.Missing is not null, EtcdMember.Missing ?? "");
        Assert.SkipUnless(Run.Has("nsupdate") && Run.Find("named") is not null,
            "nsupdate or named is not installed; on Debian: apt-get install bind9 bind9-dnsutils");
    }

    [Fact]
    public async Task One_serial_has_one_content_at_all_nodes_never_goes_back_and_a_secondary_may_ask_any()
    {
        _etcd = await EtcdMember.StartedAsync();
        var prepared = await MeridianProgram.RunAsync("store", "init", "--store", $"etcd://{_etcd.Address}");
        Assert.Equal(0, prepared.ExitCode);
        for (var i = 0; i < 3; i++)
        {
            _nodes.Add(new TestNode(Configuration(""), $"n{i}"));
            await _nodes[i].StartAsync(true, Options);
        }

        await UntilAlikeAsync("www.example.org");
        var first = _serials[_nodes[0]];
        await StartSecondaryAsync();
        await _secondary!.UntilAnswerAsync("www.example.org", "10.0.0.80");

        Assert.Equal("", await UpdateAsync(1, "update add new.example.org 60 A 10.0.0.1"));
        await UntilAlikeAsync("new.example.org");
        await _secondary.UntilAnswerAsync("new.example.org", "10.0.0.1");
        Assert.True(_serials[_nodes[0]] > first);

        // Whoever publishes the zone is among the two that are killed, or is the one that is left.
        await _nodes[0].StopAsync("KILL");
        await _nodes[1].StopAsync("KILL");
        Assert.Equal("", await UpdateAsync(2, "update add heir.example.org 60 A 10.0.0.2"));
        await UntilAlikeAsync("heir.example.org", _nodes[2]);
        await _secondary.UntilAnswerAsync("heir.example.org", "10.0.0.2");

        await _nodes[0].StartAsync(true, Options);
        await _nodes[1].StartAsync(true, Options);
        await UntilAlikeAsync("heir.example.org");

        // Without the store nothing new is published, and what was is given.
        await _etcd.KillAsync();
        Assert.Contains("SERVFAIL", await UpdateAsync(1, "update add late.example.org 60 A 10.0.0.9"));
        await UntilAlikeAsync("heir.example.org");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (_secondary is not null)
            await _secondary.DisposeAsync();
        if (_etcd is not null)
            await _etcd.DisposeAsync();
        _folder.Dispose();
    }

    private static string Configuration(string more) => TestNode.Zone.Replace("origin: example.org,",
        $"origin: example.org, update: [{{key: xfr}}], transfer: [{{networks: [127.0.0.0/8]}}],{more}",
        StringComparison.Ordinal) + TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}");

    private string[] Options => ["--store", $"etcd://{_etcd.Address}", "--region", "eu"];

    private async Task StartSecondaryAsync()
    {
        var primaries = string.Join(" ", _nodes.Select(n => $"127.0.0.1 port {n.DnsPort};"));
        _secondary = PeerProcess.Bind($$"""
            zone "example.org" { type secondary; file "copy"; primaries { {{primaries}} };
              allow-notify { 127.0.0.1; }; };
            """);
        foreach (var node in _nodes)
            node.Write(Configuration($" notify: [{{address: \"127.0.0.1:{_secondary.Port}\"}}],"));
    }

    private Task<string> UpdateAsync(int node, string commands) =>
        PrimaryTests.UpdateAsync(_nodes[node].DnsPort, _folder.Path, commands);

    // Until all nodes that are asked give the same zone with a name in it; meanwhile no serial goes back.
    private async Task UntilAlikeAsync(string name, params TestNode[] asked)
    {
        var nodes = asked.Length == 0 ? [.. _nodes] : asked;
        var seen = Array.Empty<string>();
        await Wait.UntilAsync(async () =>
        {
            seen = await Task.WhenAll(nodes.Select(TransferAsync));
            return seen.Distinct().Count() == 1 && seen[0].Contains(name, StringComparison.Ordinal);
        }, () => string.Join("\n--\n", seen) + "\n" + nodes[0].Log, seconds: 60);
    }

    [GeneratedRegex(@"\sSOA\s+\S+\s+\S+\s+(\d+)\s")]
    private static partial Regex Serial();

    private async Task<string> TransferAsync(TestNode node)
    {
        var run = await Run.ProgramAsync("dig", "@127.0.0.1", "-p", $"{node.DnsPort}", "+noall", "+answer", "+onesoa",
            "example.org", "AXFR");
        var lines = run.Output.Split('\n').Where(l => l.Length > 0 && l[0] != ';').Order(StringComparer.Ordinal)
            .ToArray();
        if (Serial().Match(run.Output) is { Success: true } soa)
        {
            var serial = uint.Parse(soa.Groups[1].Value, CultureInfo.InvariantCulture);
            var before = _serials.GetValueOrDefault(node);
            Assert.True(serial >= before, $"{node.Name} gave {serial} after {before}");
            _serials[node] = serial;
        }

        return string.Join('\n', lines);
    }
}
