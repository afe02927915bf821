using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Meridian.Api;
using Meridian.Api.Access;
using Meridian.Dns.Answering;
using Meridian.Dns.Limiting;
using Meridian.Dns.Logging;
using Meridian.Dns.Serving;
using Meridian.Dns.Sockets;
using Meridian.Dns.Wire;
using Meridian.Gateway;
using Meridian.Gateway.Serving;
using Meridian.Health;
using Meridian.Health.Overrides;
using Meridian.Health.Probes;
using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Model.History;
using Meridian.Model.Loads;
using Meridian.Model.Records;
using Meridian.Model.Verdicts;
using Meridian.NameServer;
using Meridian.NameServer.Delegation;
using Meridian.NameServer.Flattening;
using Meridian.Operator.Discovering;
using Meridian.Operator.Exporting;
using Meridian.Operator.Status;
using Meridian.State;
using Meridian.Steering;
using Meridian.Steering.Geography;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>
/// One running node. Its control loop is the only writer: it takes what changed (files, verdicts, overrides, resolved
/// names), makes the next table, and swaps it in. Nothing that serves waits for it.
/// </summary>
internal sealed partial class Node : INode, IAsyncDisposable
{
    /// <summary>The most that a call of the API waits for a word to be in force, and again for it to be kept.</summary>
    private static readonly TimeSpan PersonLimit = TimeSpan.FromSeconds(2);

    private readonly NodeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Node> _log;
    private readonly Prober _prober;
    private readonly HostResolver _resolver;
    private readonly StateStore _store;
    private readonly EventLog _events;
    private readonly ZoneHolder _zones = new();
    private readonly NodeZones _zoneData;
    private readonly MessageService _messages;
    private readonly NodeCookies _cookies;
    private readonly QueryLog? _queryLog;
    private readonly DnsServer _dns;
    private readonly NodeLoads _loads;
    private readonly NodeKubernetes _kubernetes;
    private readonly NodeRecords _records;
    private readonly NodeTunnels _tunnels;
    private readonly CancellationTokenSource _stop = new();

    // People change the book through the API while the loop lets words expire.
    private readonly Lock _overrideLock = new();

    // Unbounded: verdicts come at the pace of probes, the rest from people and files; each entry is small.
    private readonly Channel<Signal> _signals =
        Channel.CreateUnbounded<Signal>(new UnboundedChannelOptions { SingleReader = true });
    private IReadOnlyDictionary<ProbeKey, Verdict>? _remembered;
    private SteeringHandle _handle = new();
    private GeoDatabase _geo = GeoDatabase.None;
    private volatile OverrideBook _overrides;
    private volatile LoadedConfiguration _served;
    private volatile ImmutableDictionary<string, ImmutableArray<Fault>> _refusedObjects =
        ImmutableDictionary<string, ImmutableArray<Fault>>.Empty;
    private volatile ResourceSet _expanded = ResourceSet.Empty;
    private Discovery _discovery;
    private bool _weightsOutdated;
    private volatile ReadinessBook _readiness = ReadinessBook.Empty;
    private string _fingerprint = "";
    private string _geoFingerprint = "";
    private StatusWriter? _status;
    private Task _loop = Task.CompletedTask;
    private Task _loading = Task.CompletedTask;
    private volatile bool _leaving;
    private bool _reading;
    private bool _changedMeanwhile;
    private volatile FaultList _faults = new([]);

    private Node(NodeOptions options, LoadedConfiguration configuration, NodeKubernetes kubernetes, TimeProvider time,
        ILoggerFactory logs)
    {
        _options = options;
        _kubernetes = kubernetes;
        _discovery = kubernetes.Remembered;
        _time = time;
        _log = logs.CreateLogger<Node>();
        _served = configuration;
        StartedAt = ConfiguredAt = time.GetUtcNow();
        _store = StateStore.Open(options.StateFolder, fault => Log.StoreFault(_log, fault));
        _zoneData = new NodeZones(_zones, _store, time, signal => _signals.Writer.TryWrite(signal),
            message => Log.Zone(_log, message));
        _cookies = new NodeCookies(options.CookieSecrets, time);
        _queryLog = OpenQueryLog(options);
        Limiter = options.RateLimit == 0 ? null : new RateLimiter(
            new RateLimit
            {
                PerSecond = options.RateLimit,
                Exempt = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")],
            }, (ulong)Random.Shared.NextInt64());
        var limits = new TcpLimits();
        var responder = new Responder(new ResponderOptions
        {
            SetsAside = true,
            Cookies = _cookies.Jar,
            TcpIdleTimeout = limits.IdleTimeout,
            Nsid = options.Name,
            Version = options.Chaos ? $"meridian {typeof(Node).Assembly.GetName().Version?.ToString(3)}" : null,
            ServerId = options.Chaos ? options.Name : null,
        });
        try
        {
            _messages = new MessageService(responder, _zones, _zoneData, time, message => Log.Zone(_log, message));
            _dns = DnsServer.Start(options.Dns, responder, _zones, new DnsServerOptions
            {
                Messages = _messages,
                Fault = fault => Log.DatagramFault(_log, fault),
                Tcp = limits,
                Limiter = Limiter,
                QueryLog = _queryLog,
                Tls = options.DnsTls,
                Certificate = options.DnsCertificate,
            }, time);
        }
        catch (SocketException e)
        {
            throw new StartException($"cannot listen for DNS on {string.Join(", ", options.Dns)}: {e.Message}; choose another address with --dns");
        }

        _overrides = new OverrideBook(_store.ReadOverrides());
        _events = new EventLog(_store.ReadEvents(1000));
        _remembered = _store.ReadVerdicts();
        _records = new NodeRecords(_store);
        _store.Start();
        _prober = new Prober(time);
        _loads = new NodeLoads(async (source, token) =>
            await _tunnels!.Hub.ConnectAsync(source.Agent, source.Service, false, token), time);
        Health = new HealthEngine(_prober, time, change => _signals.Writer.TryWrite(new Signal.Verdict(change)),
            Probed);
        _tunnels = new NodeTunnels(options.Tunnel, options.Name, () => _expanded, ClientOf, _store,
            (agent, message) => Happen(LogLevel.Information, "tunnel", agent, message), time);
        _tunnels.Hub.Reported += () => _loads.Tunnelled(_tunnels.Hub.Loads);
        _tunnels.Hub.Changed += () => _signals.Writer.TryWrite(new Signal.Tunnelled());
        if (options.Gateway is { } gateway)
            Gateway = new GatewayCore(gateway, time, logs, evidence => Health.Suspect(evidence.Probe), _loads.Reported,
                async (source, bulk, token) =>
                {
                    var stream = await _tunnels.Hub.ConnectAsync(source.Agent, source.Service, bulk, token);
                    return new TunnelConnection(stream, stream.CompleteWrites, stream.Keep);
                });
        _loads.Tell(Gateway);
        _resolver = new HostResolver(options.Resolvers, time,
            (name, addresses) =>
            {
                Log.Resolved(_log, name, addresses);
                _signals.Writer.TryWrite(new Signal.Resolved());
            },
            (name, error) => Log.NotResolved(_log, name, error));
    }

    public string Name => _options.Name;

    public DateTimeOffset Now => _time.GetUtcNow();

    public DateTimeOffset StartedAt { get; }

    public DateTimeOffset ConfiguredAt { get; private set; }

    public ResourceSet Resources => _expanded;

    /// <summary>What clusters say.</summary>
    public Discovery Discovery => _discovery;

    public SteeringTable Table => _handle.Current;

    public HealthEngine Health { get; }

    public OverrideBook Overrides => _overrides;

    public ImmutableArray<Fault> ConfigurationFaults => _faults.Faults;

    public string? StateFault => _store.Fault;

    public DnsServer Dns => _dns;

    /// <summary>The HTTP gateway without its sockets; null for none.</summary>
    public GatewayCore? Gateway { get; }

    /// <summary>The gateway's sockets, once they are open.</summary>
    public GatewayServer? GatewayServer { get; set; }

    /// <summary>When the certificates end that the node shows to clients.</summary>
    public IEnumerable<(string Use, string Name, DateTimeOffset NotAfter)> Certificates =>
    [
        .. _options.DnsCertificate is { } dns
        ? [("dns", dns.Current.TargetCertificate.GetNameInfo(X509NameType.DnsName, false),
            (DateTimeOffset)dns.Current.TargetCertificate.NotAfter)] : Array.Empty<(string, string, DateTimeOffset)>(),
        .. GatewayServer?.Certificates.Select(c => ("gateway", c.Name, c.NotAfter)) ?? [],
    ];

    public ILoads Loads => _loads.Book;

    public string? LoadFaultOf(LoadKey key) => _loads.FaultOf(key);

    /// <summary>Readings of metrics since the start, and how many of them failed.</summary>
    public (long Completed, long Failed) Scrapes => _loads.Scrapes;

    /// <summary>Limits responses over UDP; null for no limit.</summary>
    public RateLimiter? Limiter { get; }

    /// <summary>Signatures that are kept now.</summary>
    public int Signatures => _zones.Current.Zones.Sum(z => z.Signer?.Count ?? 0);

    /// <summary>Answers whole messages that came by other ways than the DNS sockets.</summary>
    public MessageService Messages => _messages;

    /// <summary>Counts of every way that queries come in by.</summary>
    public IEnumerable<DnsCounters> DnsCounters =>
        _options.DnsHttps.IsEmpty ? _dns.Counters : [.. _dns.Counters, _messages.HttpsCounters];

    public string? NotReady =>
        Health.IsStalled ? "the probe engine stands still: verdicts are old" :
        Health.FirstRoundDone ? null : "the first round of probes is not done";

    /// <summary>
    /// Starts a node; it answers when this returns, by <c>whenAllDown</c> until the first round of probes is done.
    /// </summary>
    /// <exception cref="StartException">It cannot start.</exception>
    public static Node Start(NodeOptions options, LoadedConfiguration configuration, NodeKubernetes kubernetes,
        TimeProvider time, ILoggerFactory logs)
    {
        var node = new Node(options, configuration, kubernetes, time, logs);
        kubernetes.ObjectsChanged = () => node._signals.Writer.TryWrite(new Signal.Objects());
        kubernetes.Discovered = discovery => node._signals.Writer.TryWrite(new Signal.Discovered(discovery));
        node.LoadGeography();
        if (configuration.Objects is { } objects)
        {
            node._refusedObjects = objects.Refused;
            node._faults = new FaultList([.. objects.Refused.OrderBy(r => r.Key, StringComparer.Ordinal)
                .SelectMany(r => r.Value)]);
            foreach (var fault in node._faults.Faults)
                node.Happen(LogLevel.Error, "configuration", fault.Where.File, $"not taken: {fault}");
        }

        node.Install(configuration);
        node._fingerprint = FileFingerprint.Of(options.Configuration, configuration.Files);

        // Reading leaves as much behind as it makes. Now nobody waits yet; later a collection like this would hold up
        // answers.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (kubernetes.Home is { } home && options.Kubernetes!.Status)
            node._status = new StatusWriter(home, node.Name, node.ReadState, token => Task.WhenAll(
                new ServiceExporter(() => (node.Resources, node.Table), node.ClientOf, time, NodeLog.Of(logs))
                .RunAsync(token),
                new DelegationWriter(home, node.Delegations, time, NodeLog.Of(logs)).RunAsync(token)), time,
                NodeLog.Of(logs));
        node._loop = Task.Run(() => node.RunAsync(node._stop.Token));
        Log.Started(node._log, node.Name, string.Join(", ", node._dns.EndPoints),
            configuration.Resources.Endpoints.Length,
            configuration.Resources.Zones.Length);
        return node;
    }

    public int? InFlight(string pool, string address) =>
        Gateway?.InFlight.Where(l => l.Pool == pool && l.Host == address).Sum(l => l.InFlight);

    public async Task SetOverrideAsync(Override word)
    {
        lock (_overrideLock)
            _overrides = _overrides.With(word);
        _store.SaveOverride(word);
        Happen(LogLevel.Information, "override", word.Target.Text,
            $"{word.Author} says {word.Target} is {word.State.ToString().ToLowerInvariant()}: {word.Reason}");
        await ApplyAsync(new Signal.Overrides());
    }

    public async Task<bool> ClearOverrideAsync(OverrideTarget target, string author)
    {
        lock (_overrideLock)
        {
            if (!_overrides.Overrides.Any(o => o.Target == target))
                return false;
            _overrides = _overrides.Without(target);
        }

        _store.DeleteOverride(target);
        Happen(LogLevel.Information, "override", target.Text, $"{author} cleared the override on {target}");
        await ApplyAsync(new Signal.Overrides());
        return true;
    }

    // A person who was told that a word stands may count on it. Neither a busy loop nor a hanging disk holds the call
    // for long: the word is taken all the same, and the disk is told as a fault of the store.
    private async Task ApplyAsync(Signal.Overrides word)
    {
        _signals.Writer.TryWrite(word);
        await Task.WhenAny(word.Done.Task, Task.Delay(PersonLimit, _time));
        await _store.FlushAsync(PersonLimit);
    }

    public ImmutableArray<ClientRecord> RecordsOf(Caller caller)
    {
        _signals.Writer.TryWrite(new Signal.Heard(caller));
        return _records.Of(caller.Id);
    }

    public async Task<string?> ChangeRecordsAsync(Caller caller, RecordChanges changes)
    {
        var signal = new Signal.Records(caller, changes);
        _signals.Writer.TryWrite(signal);
        var refusal = await signal.Done.Task;
        await _store.FlushAsync(PersonLimit);
        return refusal;
    }

    /// <summary>Custom resources whose latest version is not served.</summary>
    public int RefusedObjects => _refusedObjects.Count;

    /// <summary>
    /// Clients with records: those that were heard lately, those that were not, and how many record sets they wrote.
    /// </summary>
    public (int Heard, int Silent, int Records) RecordClients
    {
        get
        {
            var (owners, now) = (_records.Owners.Where(o => !o.Records.IsEmpty).ToArray(), _time.GetUtcNow());
            var silent = owners.Count(o => now - o.HeardAt > o.Lease / 2);
            return (owners.Length - silent, silent, owners.Sum(o => o.Records.Length));
        }
    }

    /// <summary>Opens the sockets that agents dial; the node's own end closes them last.</summary>
    public async Task<NodeTunnels> StartTunnelsAsync()
    {
        await _tunnels.StartAsync();
        if (Gateway is not null && _options.Tunnel is not null)
            Gateway.Tunnels = new TunnelPort(Meridian.Tunnel.Identity.ServerTrust.ServerName, _tunnels.ServeAsync);
        return _tunnels;
    }

    /// <summary>
    /// Hands over to the other nodes before anything is closed: DNS does not send clients here any more, other nodes
    /// hear that nothing is served here, and agents dial elsewhere. A node that is alone has nobody to hand over to.
    /// </summary>
    public async Task LeaveAsync()
    {
        _leaving = true;
        Gateway?.Leave();
        _signals.Writer.TryWrite(new Signal.Tunnelled());
        var others = _expanded.Nodes.ContainsKey(Name) && _expanded.Nodes.Count > 1;
        if (!others)
        {
            await _tunnels.MoveAsync(TimeSpan.Zero);
            return;
        }

        Happen(LogLevel.Information, "node", Name,
            $"node {Name} is stopping: clients and agents are sent to other nodes within {_options.Handover.TotalSeconds:0} s");
        await Task.Delay(_options.Handover / 2, _time);
        await _tunnels.MoveAsync(_options.Handover / 2);
    }

    public ImmutableArray<Api.Contracts.TunnelStatus> Tunnels => _tunnels.Status;

    /// <summary>The tunnels.</summary>
    public Meridian.Tunnel.Gateways.TunnelHub TunnelHub => _tunnels.Hub;

    public string? TunnelAuthority => _tunnels.Authority;

    public Api.Contracts.Enrollment? Enroll(string agent) => _tunnels.Enroll(agent);

    /// <summary>The API of a cluster that is watched; null where it is not.</summary>
    public ClusterClient? ClientOf(string cluster) =>
        cluster.Length == 0 ? _kubernetes.Home : _kubernetes.Hub.ClientOf(cluster);

    /// <summary>Reads the configuration again, changed or not.</summary>
    public void Reload() => _signals.Writer.TryWrite(new Signal.Reload());

    public ImmutableArray<HistoryEvent> RecentEvents(int count) => _events.Recent(count);

    public IAsyncEnumerable<HistoryEvent> FollowAsync(CancellationToken cancellationToken) =>
        _events.FollowAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_status is not null)
            await _status.DisposeAsync();
        await _kubernetes.DisposeAsync();
        await _loop;
        await _loading;
        Gateway?.Dispose();
        await Health.DisposeAsync();
        await _loads.DisposeAsync();
        await _resolver.DisposeAsync();
        await _dns.DisposeAsync();
        _messages.Dispose();
        if (_queryLog is not null)
            await _queryLog.DisposeAsync();
        await _zoneData.DisposeAsync();
        _prober.Dispose();
        await _store.DisposeAsync();
        _stop.Dispose();
        Log.Stopped(_log, Name);
    }

    private NodeVerdicts Verdicts =>
        new(Health, _overrides.At(_time.GetUtcNow()), _resolver, _readiness, _tunnels, _options.Name, _leaving);

    private void Probed(ProbeKey probe, ProbeResult result)
    {
        _loads.Probed(probe, result);
        if (result.Ok && _readiness.Returned.Any())
            _signals.Writer.TryWrite(new Signal.Confirmed());
    }

    private DelegatedZone[] Delegations() =>
        [.. _expanded.Zones.Where(z => z.Delegation is not null && !z.NameServers.IsEmpty)
        .Select(z => new DelegatedZone(z.Name, z.Delegation!.Ttl,
            [.. DelegationRecord.Of(z).Select(r => (r.Name, r.Type, r.Values))]))];

    private StatusInput ReadState()
    {
        var objects = _served.Objects;
        return new StatusInput(_kubernetes.Objects,
            objects?.Taken ?? ImmutableDictionary<string, ConfigurationObject>.Empty,
            _refusedObjects, Table, _discovery, _zones.Current.Zones
            .SelectMany(z => _expanded.Zones
                .Where(r => DnsName.TryParse(r.Origin, null, out var name, out _) && name.Equals(z.Origin))
                .Select(r => (r.Name, z.Serial))).DistinctBy(z => z.Name)
                .ToImmutableDictionary(z => z.Name, z => z.Serial),
            _tunnels.Agents);
    }

    private QueryLog? OpenQueryLog(NodeOptions options)
    {
        if (options.QueryLog is null)
            return null;
        try
        {
            return new QueryLog(new FileStream(options.QueryLog, FileMode.Append, FileAccess.Write,
                FileShare.ReadWrite | FileShare.Delete),
                options.QueryLogSample, fault => Log.StoreFault(_log, fault));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the query log {options.QueryLog} cannot be opened: {e.Message}");
        }
    }

    private void Happen(LogLevel level, string kind, string subject, string message)
    {
        var happened = new HistoryEvent(_time.GetUtcNow(), kind, subject, message);
        Log.Happened(_log, level, kind, message);
        _events.Add(happened);
        _store.AddEvent(happened);
    }

    private sealed record FaultList(ImmutableArray<Fault> Faults);
}
