using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Wire;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>A node's tunnels: who may dial in, who is there, and what that says of services.</summary>
internal sealed class TunnelFeature(TunnelOptions? options, string node, ControlLoop loop, TunnelEnrollment enrollment,
    AgentRecognizer recognizer, History history, TimeProvider time) : ITunnelPolicy, IFeature, IAsyncDisposable
{
    /// <summary>
    /// How long connections to services may take to end at shutdown, once the gateway has nothing under way any more.
    /// </summary>
    /// <summary>How long connections through tunnels may go on at the end.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long agents have to come back after the node's start: that nobody has dialled until then says nothing.
    /// </summary>
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(15);

    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly Lock _lock = new();
    private volatile string? _fault;
    private readonly Dictionary<TunnelSource, Verdict> _verdicts = [];
    private CertificateAuthority? _authority;
    private TunnelServer? _server;
    private volatile bool _hasWaited;

    public string Name => "tunnels";

    public TunnelHub Hub { get; } = new();

    /// <summary>Whether this node takes tunnels.</summary>
    public bool IsEnabled => options is not null;

    /// <summary>Whether agents have had the time to dial since the start.</summary>
    public bool HasWaited => options is null || _hasWaited || loop.State.Resources.TunnelAgents.Count == 0;

    /// <summary>The authority's certificate in PEM; null where no tunnels are taken.</summary>
    public string? Authority => _authority?.Pem;

    /// <summary>Opens the sockets, where the node has any.</summary>
    /// <exception cref="StartException">It cannot listen.</exception>
    public async Task StartAsync()
    {
        if (options is null || OpenAuthority(options) is not { } authority)
            return;
        _authority = authority;
        try
        {
            _server = await TunnelServer.StartAsync(new TunnelServerOptions
            {
                EndPoints = options.EndPoints,
                Node = node,
            }, authority, this, Hub,
                (agent, message) => history.Record(LogLevel.Information, "tunnel", agent, message,
                    loop.State.Resources.TunnelAgents.GetValueOrDefault(agent)?.Site), time);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new StartException($"cannot listen for tunnels on {string.Join(", ", options.EndPoints)}: " +
                $"{e.Message.TrimEnd('.')}; choose another address with --tunnel");
        }
    }

    /// <summary>Serves a tunnel that was dialled at the gateway's port.</summary>
    public Task ServeAsync(Stream connection, EndPoint? remote, CancellationToken stopping) =>
        _server?.ServeAsync(connection, remote, stopping) ?? Task.CompletedTask;

    public void Tick(DateTimeOffset now)
    {
        if (_hasWaited || now - _since < Arrival)
            return;
        _hasWaited = true;
        loop.ReportEvidence();
    }

    // What an agent may do can have changed.
    public void Commit(NodeState before, NodeState now)
    {
        if (!ReferenceEquals(before.Resources, now.Resources))
            _ = _server?.ReviewAsync();
    }

    public AgentGrant? Find(string agent) => loop.State.Resources.TunnelAgents.GetValueOrDefault(agent) is { } found
        ? new AgentGrant(found.Limits.Connections, found.Limits.Streams, found.Replicas,
            service => found.Publishes.Any(p => Glob.IsMatch(p, service)))
        : null;

    public Task<Redemption> RedeemAsync(string secret) => enrollment.RedeemAsync(secret);

    public Task<Recognition> RecognizeAsync(string token, CancellationToken cancellationToken) =>
        recognizer.RecognizeAsync(token, cancellationToken);

    /// <summary>What is known of a service behind a tunnel. A verdict keeps its time while it says the same.</summary>
    public Verdict VerdictOf(TunnelSource source)
    {
        var (health, reason) = options is null
            ? ((ServiceHealth?)ServiceHealth.Down, "this node takes no tunnels; start it with --tunnel")
            : _fault is not null ? (ServiceHealth.Down, _fault)
            : !_hasWaited && !Hub.HasStood(source.Agent) ? (null, "no tunnel yet: the node has just started")
            : ((ServiceHealth?, string))Hub.Of(source.Agent, source.Service);
        var state = health switch
        {
            null => VerdictState.Unknown,
            ServiceHealth.Down => VerdictState.Down,
            _ => VerdictState.Up, // what is not known is not down
        };
        lock (_lock)
        {
            if (_verdicts.TryGetValue(source, out var before) && before.State == state && before.Reason == reason)
                return before;
            var since = before?.State == state ? before.Since : time.GetUtcNow();
            return _verdicts[source] = new Verdict(state, since, reason);
        }
    }

    // DNS and everything else serve on without it: an agent that cannot get in is less than a name without an answer.
    private CertificateAuthority? OpenAuthority(TunnelOptions tunnel)
    {
        try
        {
            return CertificateAuthority.Open(tunnel.AuthorityFolder, time);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            _fault = $"the tunnels' authority in {tunnel.AuthorityFolder} cannot be used: {e.Message}";
            history.Record(LogLevel.Error, "tunnel", node,
                $"{_fault}; no agent can connect here until it is restarted",
                loop.State.Resources.Nodes.GetValueOrDefault(node)?.Site);
            return null;
        }
    }

    /// <summary>Asks the agents to dial other nodes.</summary>
    public Task MoveAsync(TimeSpan over) => _server?.MoveAsync(over) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DrainAsync(Drain);
            await _server.DisposeAsync();
        }

        _authority?.Dispose();
        recognizer.Dispose();
    }
}
