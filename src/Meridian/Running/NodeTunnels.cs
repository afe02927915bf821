using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Kubernetes;
using Meridian.Kubernetes.Identity;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;
using Meridian.Operator.Status;
using Meridian.State;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Wire;

namespace Meridian.Running;

/// <summary>A node's tunnels: who may dial in, who is there, and what that says of services.</summary>
internal sealed class NodeTunnels(TunnelOptions? options, string node,
    Func<ResourceSet> resources, Func<string, ClusterClient?> clusters, IEnrollmentStore store, Action<string, string> happened, TimeProvider time) : ITunnelPolicy, IAsyncDisposable
{
    /// <summary>
    /// How long connections to services may take to end at shutdown, once the gateway has nothing under way any more.
    /// </summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    /// <summary>How long a refusal is a condition of its agent.</summary>
    private static readonly TimeSpan RefusalTold = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<TunnelSource, Verdict> _verdicts = [];
    private ImmutableDictionary<string, (string Agent, DateTimeOffset Expires)> _codes = store.Read()
        .ToImmutableDictionary(e => e.Digest, e => (e.Agent, e.Expires));
    private readonly TokenVerifier _verifier = new(time);
    private CertificateAuthority? _authority;
    private TunnelServer? _server;

    public TunnelHub Hub { get; } = new();

    /// <summary>How each TunnelAgent is here; empty where no tunnels are taken.</summary>
    public ImmutableDictionary<string, AgentState> Agents =>
        options is null ? ImmutableDictionary<string, AgentState>.Empty
        : resources().TunnelAgents.Keys.ToImmutableDictionary(name => name, StateOf);

    /// <summary>Opens the sockets, where the node has any.</summary>
    /// <exception cref="StartException">It cannot.</exception>
    public async Task<NodeTunnels> StartAsync()
    {
        if (options is null)
            return this;
        try
        {
            _authority = CertificateAuthority.Open(options.AuthorityFolder, time);
            _server = await TunnelServer.StartAsync(new TunnelServerOptions
            {
                EndPoints = options.EndPoints,
                Node = node,
            }, _authority, this, Hub, happened, time);
            return this;
        }
        catch (SocketException e)
        {
            throw new StartException($"cannot listen for tunnels on {string.Join(", ", options.EndPoints)}: {e.Message}; choose another address with --tunnel");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the tunnels' authority in {options.AuthorityFolder} cannot be used: {e.Message}");
        }
    }

    /// <summary>Serves a tunnel that was dialled at the gateway's port.</summary>
    public Task ServeAsync(Stream connection, EndPoint? remote, CancellationToken stopping) =>
        _server?.ServeAsync(connection, remote, stopping) ?? Task.CompletedTask;

    /// <summary>The resources have changed.</summary>
    public void Review() => _ = _server?.ReviewAsync();

    /// <summary>Makes a code for an agent; null where no agent can be enrolled here.</summary>
    public (string Code, DateTimeOffset Expires, Task<string?> Stored)? Enroll(string agent)
    {
        if (_authority is null || resources().TunnelAgents.GetValueOrDefault(
            agent) is not { Identity.Enrollment: true })
            return null;
        using var authority = X509Certificate2.CreateFromPem(_authority.Pem);
        var code = EnrollmentCode.Make(ServerTrust.PinOf(authority));
        var expires = time.GetUtcNow() + EnrollmentCode.Life;
        lock (_lock)
            _codes = _codes.RemoveRange(_codes.Where(c => c.Value.Expires < time.GetUtcNow()).Select(c => c.Key))
            .SetItem(code.Digest, (agent, expires));
        var stored = store.SaveAsync(new StoredEnrollment(code.Digest, agent, expires));
        happened(agent, $"a code to enrol agent {agent} was made; it stands until {expires.UtcDateTime:u}");
        return (code.ToString(), expires, stored);
    }

    public AgentGrant? Find(string agent) => resources().TunnelAgents.GetValueOrDefault(agent) is { } found
        ? new AgentGrant(found.Limits.Connections, found.Limits.Streams, found.Replicas,
            service => found.Publishes.Any(p => Glob.IsMatch(p, service)))
        : null;

    public string? Redeem(string secret)
    {
        var digest = EnrollmentCode.DigestOf(secret);
        lock (_lock)
        {
            if (!_codes.TryGetValue(digest, out var code))
                return null;
            _codes = _codes.Remove(digest);
            _ = store.DeleteAsync(digest);
            return code.Expires > time.GetUtcNow()
                && resources().TunnelAgents.GetValueOrDefault(code.Agent) is { Identity.Enrollment: true }
                ? code.Agent : null;
        }
    }

    public async Task<Recognition> RecognizeAsync(string token, CancellationToken cancellationToken)
    {
        var accounts = resources().TunnelAgents.Values.Where(a => a.Identity.ServiceAccount is not null)
            .Select(a => (Agent: a.Name, Account: a.Identity.ServiceAccount!)).ToArray();
        if (accounts.Length == 0)
            return new Recognition(null, "no TunnelAgent has a service account");
        var issuers = accounts.Select(a =>
            new TokenIssuer(a.Account.Authority, a.Account.Audience, a.Account.JwksFile,
                a.Account.Cluster is { } cluster ? () => clusters(cluster) : null)
        {
            ByReviewAlone = a.Account.Cluster is not null,
        }).ToArray();
        var result = await _verifier.VerifyAsync(token, issuers, cancellationToken);
        if (result.Account is not { } known)
            return new Recognition(null, result.Refusal);
        var agent = accounts.FirstOrDefault(a => a.Account.Authority == known.Issuer
            && a.Account.Namespace == known.Namespace && a.Account.Name == known.Name).Agent;
        return agent is null ? new Recognition(null, $"no TunnelAgent has the service account {known}")
            : new Recognition(agent, null);
    }

    /// <summary>The authority's certificate in PEM; null where no tunnels are taken.</summary>
    public string? Authority => _authority?.Pem;

    /// <summary>What is known of a service behind a tunnel. The control loop alone asks.</summary>
    public Verdict VerdictOf(TunnelSource source)
    {
        var (health, reason) = options is null
            ? (ServiceHealth.Down, "this node takes no tunnels; start it with --tunnel")
            : Hub.Of(source.Agent, source.Service);
        var state = health == ServiceHealth.Down ? VerdictState.Down : VerdictState.Up; // what is not known is not down
        if (_verdicts.TryGetValue(source, out var before) && before.State == state && before.Reason == reason)
            return before;
        return _verdicts[source] = new Verdict(state, before?.State == state ? before.Since : time.GetUtcNow(), reason);
    }

    /// <summary>Asks the agents to dial other nodes.</summary>
    public Task MoveAsync(TimeSpan over) => _server?.MoveAsync(over) ?? Task.CompletedTask;

    private AgentState StateOf(string agent)
    {
        var sessions = Hub.Sessions.GetValueOrDefault(agent, []).Where(s => !s.IsDraining).ToArray();
        var services = sessions.SelectMany(s => s.Services).GroupBy(s => s.Name)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key} {Hub.Of(agent, g.Key).Health.ToString().ToLowerInvariant()}");
        var refusal = Hub.Records.GetValueOrDefault(agent)?.LastRefusal is { } last
            && time.GetUtcNow() - last.At < RefusalTold ? $"{last.From}: {last.Reason}" : null;
        return new AgentState(sessions.Length, sessions.DistinctBy(s => s.Instance).Count(),
            string.Join(", ", services), refusal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DrainAsync(Drain);
            await _server.DisposeAsync();
        }

        _authority?.Dispose();
        _verifier.Dispose();
    }
}
