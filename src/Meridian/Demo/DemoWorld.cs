using System.Net;
using Meridian.Addresses;
using Meridian.CommandLine;
using Meridian.Files;
using Meridian.Gateway;
using Meridian.Gateway.Serving;
using Meridian.Management;
using Meridian.Running;
using Meridian.Running.Features;
using Meridian.State.Etcd;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Meridian.Demo;

/// <summary>A whole multi-region world in one process, on loopback addresses.</summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    private static readonly (string Name, string Address)[] Places =
        [("hanoi", "127.10.1.1"), ("hongkong", "127.10.2.1"), ("frankfurt", "127.10.3.1")];

    private readonly string _folder;
    private readonly bool _tunnel;
    private readonly int _nodes;
    private readonly ILoggerFactory _logs;
    private WebApplication? _control;
    private DemoStore? _store;
    private DemoNode? _first;
    private GatewayServer? _gateway;
    private TunnelFeature? _tunnels;

    private DemoWorld(string folder, bool tunnel, int nodes, ILoggerFactory logs) =>
        (_folder, _tunnel, _nodes, _logs) = (folder, tunnel, nodes, logs);

    public IReadOnlyList<DemoSite> Sites { get; private set; } = [];

    /// <summary>The node, or the first of them.</summary>
    public Node Node => _first!.Node;

    /// <summary>The nodes that share a store, each with its way there; none where there is one node.</summary>
    public IReadOnlyList<(DemoNode Node, StoreLink Link)> Nodes { get; private set; } = [];

    /// <summary>The agent of the third site; null where that is reached like the others.</summary>
    public DemoAgent? Agent { get; private set; }

    public int SitePort { get; private set; }

    public int DnsPort { get; private set; }

    public int ControlPort { get; private set; }

    public int ManagementPort { get; private set; }

    public int GatewayPort { get; private set; }

    public int TunnelPort { get; private set; }

    public string ConfigurationFile => Path.Combine(_folder, "config", "demo.yaml");

    /// <summary>Starts sites, node, API and switches, each on the first port that is free.</summary>
    /// <param name="tunnel">Whether the third site is behind a tunnel.</param>
    /// <param name="nodes">How many nodes; several share an etcd.</param>
    /// <param name="say">Called with what differs from the usual.</param>
    /// <param name="level">What is logged.</param>
    /// <exception cref="StartException">Something cannot be started.</exception>
    public static async Task<DemoWorld> StartAsync(bool tunnel, int nodes, Action<string> say, LogLevel level)
    {
        var world = new DemoWorld(Directory.CreateTempSubdirectory("meridian-demo-").FullName, tunnel,
            nodes, Logging.Create(PlainFormatter.FormatterName, level));
        try
        {
            world.FindPorts(say);
            await world.StartPartsAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a site behave. A site behind a tunnel that refuses is one whose agent is dead.</summary>
    public async Task SwitchAsync(DemoSite site, SiteMode mode)
    {
        if (Agent is null || site != Sites[^1])
        {
            await site.SwitchAsync(mode);
        }
        else if (mode == SiteMode.Refuse)
        {
            await Agent.KillAsync();
        }
        else
        {
            await site.SwitchAsync(mode);
            await Agent.StartAsync();
            await Agent.ReportAsync();
        }
    }

    /// <summary>How a site behaves.</summary>
    public SiteMode ModeOf(DemoSite site) =>
        Agent is { Runs: false } && site == Sites[^1] ? SiteMode.Refuse : site.Mode;

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null)
            await Agent.DisposeAsync();
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        if (_tunnels is not null)
            await _tunnels.DisposeAsync();
        if (_control is not null)
            await _control.DisposeAsync();
        foreach (var (node, link) in Nodes.Reverse())
        {
            await node.DisposeAsync();
            link.Dispose();
        }

        if (_first is not null && Nodes.Count == 0)
            await _first.DisposeAsync();
        if (_store is not null)
            await _store.DisposeAsync();
        foreach (var site in Sites)
            await site.DisposeAsync();
        _logs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void FindPorts(Action<string> say)
    {
        // With a tunnel, DNS answers with the gateway, so the gateway has the port of the sites.
        IPAddress[] sites = [.. Places.Select(p => IpText.Parse(p.Address))];
        SitePort = Find("sites", 8080, _tunnel ? [.. sites, IPAddress.Loopback] : sites);
        DnsPort = Find("DNS", 5300, IPAddress.Loopback);
        GatewayPort = _tunnel ? SitePort : Find("the gateway", 8080, IPAddress.Loopback);
        TunnelPort = _tunnel ? Find("tunnels", 7443, IPAddress.Loopback) : 0;
        ManagementPort = Find("management", 8053, IPAddress.Loopback);
        ControlPort = Find("switches", 8090, IPAddress.Loopback);

        int Find(string what, int first, params IPAddress[] addresses)
        {
            var found = FreePort.Find(first, _ => { }, addresses);
            if (found != first)
                say($"port {first} for {what} is taken; using {found}");
            return found;
        }
    }

    private async Task StartPartsAsync()
    {
        Sites = [.. Places.Select(p => new DemoSite(p.Name, new IPEndPoint(IpText.Parse(p.Address), SitePort)))];
        foreach (var site in Sites)
            await site.SwitchAsync(SiteMode.Ok);
        NewFile.MakeFolder(Path.GetDirectoryName(ConfigurationFile)!);
        foreach (var (name, path) in ((string, string)[])[("demo.yaml", ConfigurationFile),
            (ThirdSite, Path.Combine(Path.GetDirectoryName(ConfigurationFile)!, ThirdSite))])
        {
            NewFile.Write(path, Resource(name).Replace("{port}", $"{SitePort}", StringComparison.Ordinal)
                .Replace("{gateway}", $"{GatewayPort}", StringComparison.Ordinal), NewFile.ForAll);
        }

        var sources = Path.Combine(_folder, "sources.csv");
        NewFile.Write(sources, Resource("sources.csv"), NewFile.ForAll);
        var options = new NodeOptions
        {
            Configuration = [Path.GetDirectoryName(ConfigurationFile)!],
            Dns = [new IPEndPoint(IPAddress.Loopback, DnsPort)],
            StateFolder = Path.Combine(_folder, "state"),
            GeoFiles = [sources],
            Name = "demo",
            Gateway = new GatewayOptions
            {
                Http = [new IPEndPoint(IPAddress.Loopback, GatewayPort)],
                Trusted = [NetworkText.Parse("127.0.0.0/8")],
                Drain = TimeSpan.Zero,
            },
            Tunnel = _tunnel ? new TunnelOptions
            {
                EndPoints = [new IPEndPoint(IPAddress.Loopback, TunnelPort)],
                AuthorityFolder = Path.Combine(_folder, "state"),
            } : null,
            Management = new ManagementOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, ManagementPort) },
        };
        _first = await StartNodesAsync(options);
        _gateway = await NodeGateway.StartAsync(Node, options, TimeProvider.System, _logs);
        _control = await DemoControl.StartAsync(this);
        if (_tunnel)
            _tunnels = await Node.StartTunnelsAsync();
        Node.Announce();
        if (!_tunnel)
            return;
        Agent = new DemoAgent(_first.Parts.Contracts.Tunnels, Sites[^1], TunnelPort);
        await Agent.StartAsync();
    }

    private async Task<DemoNode> StartNodesAsync(NodeOptions options)
    {
        if (_nodes == 1)
            return await DemoNode.StartAsync(options, _logs);
        _store = await DemoStore.StartAsync(Path.Combine(_folder, "etcd"));
        var nodes = new List<(DemoNode, StoreLink)>();
        Nodes = nodes;
        for (var number = 1; number <= _nodes; number++)
        {
            var link = new StoreLink(_store.Port);
            var own = number == 1 ? options : DemoNode.Like(options,
                Path.Combine(_folder, $"state-{number}"),
                FreePort.Find(DnsPort + 1, _ => { }, IPAddress.Loopback),
                FreePort.Find(ManagementPort + 1, _ => { }, IPAddress.Loopback));
            var node = await DemoNode.StartAsync(own with
            {
                Name = $"node-{number}",
                Region = Places[(number - 1) % Places.Length].Name,
                Store = new EtcdOptions { Endpoints = [$"127.0.0.1:{link.Port}"] },
            }, _logs);
            nodes.Add((node, link));
            if (number > 1)
                node.Node.Announce();
        }

        return nodes[0].Item1;
    }

    private string ThirdSite => _tunnel ? "tunnel.yaml" : "plain.yaml";

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(DemoWorld).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
