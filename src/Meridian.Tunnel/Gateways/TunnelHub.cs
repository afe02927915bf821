using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>The tunnels of all agents at this node, and the choice among them.</summary>
public sealed class TunnelHub
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, AgentRecord> _records = [];
    private ImmutableDictionary<string, ImmutableArray<TunnelSession>> _sessions =
        ImmutableDictionary<string, ImmutableArray<TunnelSession>>.Empty;

    /// <summary>Raised after a tunnel connects, disconnects or changes its services; no lock is held.</summary>
    public event Action? Changed;

    /// <summary>Raised when services have reported how busy they are.</summary>
    public event Action? Reported;

    /// <summary>The tunnels by agent.</summary>
    public ImmutableDictionary<string, ImmutableArray<TunnelSession>> Sessions => Volatile.Read(ref _sessions);

    /// <summary>What was counted of each agent that ever dialled.</summary>
    public IReadOnlyDictionary<string, AgentRecord> Records => _records;

    /// <summary>How busy services report that they are, 0 idle to 1 full: the mean of an agent's processes.</summary>
    public IEnumerable<(string Agent, string Service, double Load)> Loads =>
        from agent in Sessions
        from report in agent.Value.Where(s => !s.IsDraining).DistinctBy(s => s.Instance).SelectMany(s => s.Services)
        where report.Load is not null
        group report.Load!.Value by (agent.Key, report.Name) into loads
        select (loads.Key.Key, loads.Key.Name, loads.Average());

    /// <summary>Whether a tunnel of the agent stands here, or has stood since the node's start.</summary>
    public bool HasStood(string agent) =>
        Sessions.ContainsKey(agent) || (_records.TryGetValue(agent, out var record) && record.Connected > 0);

    /// <summary>What is known of a service of an agent: the best that any of its tunnels reports.</summary>
    public (ServiceHealth Health, string Reason) Of(string agent, string service)
    {
        var sessions = Sessions.GetValueOrDefault(agent, []);
        if (sessions.All(s => s.IsDraining))
            return (ServiceHealth.Down, HasStood(agent) ? "tunnel lost" : "no tunnel to this node");
        var reports = sessions.Where(s => !s.IsDraining).SelectMany(s => s.Services).Where(r => r.Name == service)
            .ToArray();
        if (reports.Length == 0)
            return (ServiceHealth.Down, $"agent {agent} has no service {service}, or may not publish it");
        var best = reports.MinBy(r => r.Health switch { ServiceHealth.Up => 0, ServiceHealth.Unknown => 1, _ => 2 })!;
        return (best.Health, best.Reason);
    }

    /// <summary>
    /// Opens a connection to a service through the best tunnel, or through the next one where that is about to end.
    /// </summary>
    /// <param name="agent">The agent.</param>
    /// <param name="service">Its service.</param>
    /// <param name="bulk">Whether much will be sent. Large bodies and streams of tokens use different tunnels, so that
    /// they do not delay each other.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="TunnelException">No tunnel leads there.</exception>
    public async ValueTask<TunnelStream> ConnectAsync(string agent, string service, bool bulk,
        CancellationToken cancellationToken)
    {
        var tried = new HashSet<TunnelSession>();
        TunnelException? last = null;
        while (Choose(agent, service, bulk, tried) is { } session)
        {
            tried.Add(session);
            try
            {
                return await session.ConnectAsync(service, cancellationToken);
            }
            catch (SessionGoneException)
            {
                // It was about to end, and nothing was sent.
            }
            catch (TunnelException e)
            {
                last = e;
            }
        }

        throw last ?? new TunnelException($"tunnel: {Of(agent, service).Reason}");
    }

    /// <summary>
    /// Decides on a tunnel and adds it in one step: of many that come at once, each decision sees those before it.
    /// </summary>
    /// <param name="session">The tunnel.</param>
    /// <param name="decide">Decides by the agent's tunnels that are here. Called while nothing is added or
    /// removed.</param>
    internal AdmittanceDecision Admit(TunnelSession session,
        Func<IReadOnlyCollection<StandingTunnel>, AdmittanceDecision> decide)
    {
        AdmittanceDecision decision;
        lock (_lock)
        {
            var others = _sessions.GetValueOrDefault(session.Agent, []);
            decision = decide([.. others.Select(s => s.Standing)]);
            if (!decision.IsAdmitted)
                return decision;
            Volatile.Write(ref _sessions, _sessions.SetItem(session.Agent, others.Add(session)));
        }

        session.Record.RecordOpening();
        RaiseChanged();
        return decision;
    }

    /// <summary>Removes a tunnel; one that is not here changes nothing.</summary>
    internal void Remove(TunnelSession session)
    {
        lock (_lock)
        {
            var before = _sessions.GetValueOrDefault(session.Agent, []);
            var left = before.Remove(session);
            if (left == before)
                return;
            Volatile.Write(ref _sessions,
                left.IsEmpty ? _sessions.Remove(session.Agent) : _sessions.SetItem(session.Agent, left));
        }

        RaiseChanged();
    }

    /// <summary>Forgets what was counted of agents that are no more.</summary>
    internal void ForgetRecords(Func<string, bool> isGone)
    {
        foreach (var agent in _records.Keys.Where(isGone))
            _records.TryRemove(agent, out _);
    }

    /// <summary>The record of an agent that has shown a certificate.</summary>
    internal AgentRecord RecordOf(string agent) => _records.GetOrAdd(agent, _ => new AgentRecord());

    internal void RaiseChanged() => Changed?.Invoke();

    internal void RaiseReported() => Reported?.Invoke();

    // Prefers a process whose service is up, and among its tunnels the one with the fewest connections. The later half
    // of a process's tunnels carries what is large.
    private TunnelSession? Choose(string agent, string service, bool bulk, HashSet<TunnelSession> tried)
    {
        TunnelSession? best = null;
        var bestRank = (Moved: 2, Health: 2, Lane: 2, InFlight: int.MaxValue);
        var sessions = Sessions.GetValueOrDefault(agent, []);
        for (var i = 0; i < sessions.Length; i++)
        {
            var session = sessions[i];
            if (session.IsDraining || tried.Contains(session)
                || session.Services.FirstOrDefault(r => r.Name == service) is not { } report)
                continue;
            var (place, count) = (0, 0);
            for (var k = 0; k < sessions.Length; k++)
            {
                if (sessions[k].Instance != session.Instance)
                    continue;
                count++;
                place += k < i ? 1 : 0;
            }

            var isBulkLane = count > 1 && place >= (count + 1) / 2;
            var rank = (session.IsMoved ? 1 : 0, report.Health == ServiceHealth.Down ? 1 : 0,
                count > 1 && isBulkLane != bulk ? 1 : 0, session.InFlight);
            if (rank.CompareTo(bestRank) < 0)
                (best, bestRank) = (session, rank);
        }

        return best;
    }
}
