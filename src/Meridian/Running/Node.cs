using Meridian.CommandLine;
using Meridian.Dns.Sockets;
using Meridian.Fleet.Intent;
using Meridian.Gateway;
using Meridian.Gateway.Serving;
using Meridian.Gateway.Tcp;
using Meridian.Health;
using Meridian.Kubernetes;
using Meridian.NameServer;
using Meridian.NameServer.Flattening;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Steering;
using Meridian.Tunnel.Identity;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>
/// One running node: what it is made of, in which order its parts start and stop, and nothing that decides. Decisions
/// are in <see cref="NextState"/>, their order in <see cref="ControlLoop"/>, and what they touch in the features.
/// </summary>
internal sealed partial class Node : IAsyncDisposable
{
    private readonly NodeOptions _options;
    private readonly NodeKubernetes _clusters;
    private readonly TimeProvider _time;
    private readonly ILogger<Node> _log;
    private readonly HostResolver _resolver;
    private readonly ZoneHolder _holder = new();
    private readonly ZoneSources _sources;
    private readonly ZoneFeature _zones;
    private readonly HealthFeature _health;
    private readonly ConfigurationFeature _configuration;
    private readonly GeographyFeature _geography;
    private readonly ClusterFeature _clusterFeature;
    private readonly FileWatcher _watcher;
    private Operator.Status.StatusWriter? _status;
    private volatile bool _serving;

    private Node(NodeOptions options, LoadedConfiguration configuration, NodeKubernetes clusters, TimeProvider time,
        ILoggerFactory logs)
    {
        (_options, _clusters, _time, _log) = (options, clusters, time, logs.CreateLogger<Node>());
        StartedAt = time.GetUtcNow();
        Store = NodeStore.OpenState(options.StateFolder, fault => Log.Fault(_log, fault));
        History = new History(Store.Events, time, _log);
        _sources = new ZoneSources(LoadedConfiguration.ReadMasterFile, new ZoneSigners(time, ProgramName.Current));
        Loop = new ControlLoop(ConfigurationFeature.Begin(configuration, StartedAt), new Preparer(Prepare, time), time,
            _log);
        _watcher = new FileWatcher(time, RecordFiles);

        var shared = options.Store is null ? null : NodeStore.Open(options.Store, time);
        var kept = shared is null ? null : new SharedOverrideStore(shared, Store.Overrides);
        Overrides = new OverrideFeature(kept ?? Store.Overrides, Loop, History);
        var cookies = new NodeCookies(options.CookieSecrets, time);
        Shared = shared is null ? null : SharedParts.Of(shared, options, Store, cookies, Loop, History, time);
        Fleet = shared is null || kept is null ? null
            : new FleetFeature(shared, Member(), Loop, Overrides, kept, History, () => Health, time, Shared!.All)
            { Drained = SendClients, References = NodeStore.Watch(options.References, time) };
        Records = new RecordFeature(Store.Records, Loop, History, time, Shared?.Records);
        Enrollment = new TunnelEnrollment(Store.Enrollments, Loop, History, time);
        Tunnels = new TunnelFeature(options.Tunnel, options.Name, Loop, Enrollment,
            new AgentRecognizer(Loop, ClientOf, time), History, time);
        Loads = new LoadFeature(Loop,
            async (source, stop) => await Tunnels.Hub.ConnectAsync(source.Agent, source.Service, false, stop), time);
        _resolver = new HostResolver(options.Resolvers, time, Resolved,
            (name, error) => Log.NotResolved(_log, name, error));
        _health = new HealthFeature(_resolver, Tunnels, Store.Verdicts, History, options.Name, Loop.Report, Probed,
            fault => Log.ProbeFault(_log, fault), time)
        { Fleet = Fleet };
        _zones = new ZoneFeature(_holder, Store.Zones, Loop, time, message => Log.Zone(_log, message),
            fault => Log.Fault(_log, fault), Shared?.Updates, Shared?.Versions);
        _geography = new GeographyFeature(options.GeoFiles, Loop, History, _log);
        _configuration = new ConfigurationFeature(options, clusters, Loop, History, _watcher.Wake);
        _clusterFeature = new ClusterFeature(clusters, Loop, Health, History);
        Gateway = options.Gateway is null ? null : new GatewayCore(options.Gateway, time, logs,
            evidence => Health.Suspect(evidence.Probe), Loads.ReportAnswer, ConnectAsync);
        Loads.Gateway = Gateway;
        Dns = new DnsDoor(options, _holder, _zones, cookies, time, _log);
    }

    public string Name => _options.Name;

    // Where the node is, for those who ask what happened there.
    private string? Site => State.Resources.Nodes.GetValueOrDefault(Name)?.Site;

    public DateTimeOffset StartedAt { get; }

    public ControlLoop Loop { get; }

    /// <summary>What the node knows and serves now.</summary>
    public NodeState State => Loop.State;

    public IStateStore Store { get; }

    public History History { get; }

    public HealthEngine Health => _health.Engine;

    public OverrideFeature Overrides { get; }

    /// <summary>The cluster of nodes that it is a part of; null where it is alone.</summary>
    public FleetFeature? Fleet { get; }

    /// <summary>What it has in common with them besides verdicts and overrides; null where it is alone.</summary>
    public SharedParts? Shared { get; }

    public RecordFeature Records { get; }

    public LoadFeature Loads { get; }

    public TunnelFeature Tunnels { get; }

    public TunnelEnrollment Enrollment { get; }

    /// <summary>The sockets of DNS, and what they count.</summary>
    public DnsDoor Dns { get; }

    /// <summary>The HTTP gateway without its sockets; null for none.</summary>
    public GatewayCore? Gateway { get; }

    /// <summary>The gateway's sockets, once they are open.</summary>
    public GatewayServer? GatewayServer { get; set; }

    /// <summary>The gateway's ports of endpoints that pass connections on, once they are open.</summary>
    public TcpServer? Ports { get; set; }

    /// <summary>Starts a node; it answers when this returns, by <c>whenAllDown</c> until the first round of probes is
    /// done.</summary>
    /// <exception cref="StartException">It cannot start.</exception>
    public static async Task<Node> StartAsync(NodeOptions options, LoadedConfiguration configuration,
        NodeKubernetes clusters, TimeProvider time, ILoggerFactory logs)
    {
        var node = new Node(options, configuration, clusters, time, logs);
        try
        {
            node.Start(logs);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The API of a cluster that is watched; null where it is not.</summary>
    public ClusterClient? ClientOf(string cluster) =>
        cluster.Length == 0 ? _clusters.Home : _clusters.Hub.ClientOf(cluster);

    /// <summary>What would be known of addresses in another state.</summary>
    public IVerdicts Judge(NodeState state) => _health.Judge(state);

    /// <summary>Reads the configuration again, changed or not.</summary>
    public void Reload() => _configuration.Reload();

    /// <summary>Opens the sockets that agents dial; the node's own end closes them last.</summary>
    public async Task<TunnelFeature> StartTunnelsAsync()
    {
        await Tunnels.StartAsync();
        if (Gateway is not null && Tunnels.IsEnabled)
            Gateway.Tunnels = new TunnelPort(ServerTrust.ServerName, Tunnels.ServeAsync);
        return Tunnels;
    }

    // Whatever may still call into a part ends before it.
    public async ValueTask DisposeAsync()
    {
        var ending = new Ending(_time, what => Log.Warning(_log, what));
        await ending.EndAsync("the writing of status", _status);
        await ending.EndAsync("the watching of files", _watcher);
        await ending.EndAsync("the watching of clusters", _clusters);
        await ending.EndAsync("the control loop", Loop);
        Gateway?.Dispose();
        await ending.EndAsync("the part in the cluster of nodes", Fleet);
        await ending.EndAsync("the probe engine", _health);
        await ending.EndAsync("the reading of loads", Loads);
        await ending.EndAsync("the asking for names", _resolver);
        await ending.EndAsync("DNS", Dns);
        await ending.EndAsync("the keeping of zones", _zones);
        Overrides.Dispose();
        if (_serving)
            History.Record(LogLevel.Information, "node", Name, $"node {Name} has stopped", Site);
        await ending.EndAsync("the state store", Store);
    }
}
