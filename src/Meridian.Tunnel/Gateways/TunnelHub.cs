using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>The tunnels that stand, and the choice among them.</summary>
public sealed class TunnelHub
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, AgentRecord> _records = [];
    private ImmutableDictionary<string, ImmutableArray<TunnelSession>> _sessions =
        ImmutableDictionary<string, ImmutableArray<TunnelSession>>.Empty;

    /// <summary>Told after every change, with nothing held.</summary>
    public event Action? Changed;

    /// <summary>Told when services have said how busy they are.</summary>
    public event Action? Reported;

    /// <summary>The tunnels by agent.</summary>
    public ImmutableDictionary<string, ImmutableArray<TunnelSession>> Sessions => Volatile.Read(ref _sessions);

    /// <summary>What has happened with each agent that ever dialled.</summary>
    public IReadOnlyDictionary<string, AgentRecord> Records => _records;

    /// <summary>What is known of a service of an agent: the best that any of its tunnels says.</summary>
    public (ServiceHealth Health, string Reason) Of(string agent, string service)
    {
        var sessions = Sessions.GetValueOrDefault(agent, []);
        if (sessions.All(s => s.IsDraining))
            return (ServiceHealth.Down, "tunnel lost");
        var reports = sessions.Where(s => !s.IsDraining).SelectMany(s => s.Services).Where(r => r.Name == service)
            .ToArray();
        if (reports.Length == 0)
            return (ServiceHealth.Down, $"agent {agent} has no service {service}, or may not publish it");
        var best = reports.MinBy(r => r.Health switch { ServiceHealth.Up => 0, ServiceHealth.Unknown => 1, _ => 2 })!;
        return (best.Health, best.Reason);
    }

    /// <summary>
    /// Opens a connection to a service by the best tunnel; by another where one turns out to be dying.
    /// </summary>
    /// <param name="agent">The agent.</param>
    /// <param name="service">Its service.</param>
    /// <param name="bulk">Whether much will be sent: bodies and streams of tokens keep out of each other's way.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="TunnelException">No tunnel leads there.</exception>
    public async ValueTask<TunnelStream> ConnectAsync(string agent, string service, bool bulk,
        CancellationToken cancellationToken)
    {
        var tried = new HashSet<TunnelSession>();
        TunnelException? last = null;
        if (Sessions.GetValueOrDefault(agent, []) is [var any, ..] all && all.Sum(s => s.InFlight) >= any.MaxStreams
            && all.Sum(s => s.InFlight - s.Kept) is var open && open >= any.MaxStreams)
            throw new TunnelException($"tunnel: agent {agent} has {open} connections to its services, and may not have more (limits.streams)");
        while (Choose(agent, service, bulk, tried) is { } session)
        {
            tried.Add(session);
            try
            {
                return await session.ConnectAsync(service, cancellationToken);
            }
            catch (SessionGoneException)
            {
                // It was about to end, and has sent nothing.
            }
            catch (TunnelException e)
            {
                last = e;
            }
        }

        throw last ?? new TunnelException($"tunnel: {Of(agent, service).Reason}");
    }

    public void Add(TunnelSession session)
    {
        session.Record.Opened();
        lock (_lock)
            Volatile.Write(ref _sessions,
                _sessions.SetItem(session.Agent, _sessions.GetValueOrDefault(session.Agent, []).Add(session)));
        Changed?.Invoke();
    }

    public void Remove(TunnelSession session)
    {
        lock (_lock)
        {
            var left = _sessions.GetValueOrDefault(session.Agent, []).Remove(session);
            Volatile.Write(ref _sessions,
                left.IsEmpty ? _sessions.Remove(session.Agent) : _sessions.SetItem(session.Agent, left));
        }

        Changed?.Invoke();
    }

    /// <summary>Forgets what was counted of agents that are no more.</summary>
    internal void Keep(Func<string, bool> wanted)
    {
        foreach (var agent in _records.Keys.Where(a => !wanted(a)))
            _records.TryRemove(agent, out _);
    }

    /// <summary>The record of an agent, which is that of a certificate: nobody else has one.</summary>
    internal AgentRecord RecordOf(string agent) => _records.GetOrAdd(agent, _ => new AgentRecord());

    /// <summary>Something of a tunnel has changed.</summary>
    public void Touch() => Changed?.Invoke();

    /// <summary>Services have said how busy they are.</summary>
    internal void Report() => Reported?.Invoke();

    /// <summary>How busy services say they are, 0 idle to 1 full: the mean of an agent's processes.</summary>
    public IEnumerable<(string Agent, string Service, double Load)> Loads =>
        from agent in Sessions
        from report in agent.Value.Where(s => !s.IsDraining).DistinctBy(s => s.Instance).SelectMany(s => s.Services)
        where report.Load is not null
        group report.Load!.Value by (agent.Key, report.Name) into loads
        select (loads.Key.Key, loads.Key.Name, loads.Average());

    // One of the agent's processes with something up there, and of its connections the one that has least to do. The
    // later half of them is for what is large.
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
