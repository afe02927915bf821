using System.Collections.Immutable;
using System.Net;
using Meridian.Addresses;
using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// Takes connections that were turned around into the hub, or refuses them, and stays until they end.
/// </summary>
internal sealed class TunnelRunner(TunnelServerOptions options, ITunnelPolicy policy, TunnelHub hub,
    ArrivalLimits limits, Action<string, string> log, TimeProvider time)
{
    /// <summary>How long the connection of a refusal stays open, so that the refusal arrives before its end.</summary>
    private static readonly TimeSpan RefusalDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs a tunnel from the agent's introduction to its end.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="identity">Who has dialled.</param>
    /// <param name="remote">From where.</param>
    /// <param name="place">Its place as a newcomer, which it gives back when it is admitted.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(Stream stream, ConnectionIdentity identity, EndPoint? remote, ConnectionPlace place,
        CancellationToken stop)
    {
        if (Admittance.OfConnection(identity).Agent is not { } agent)
            return;
        var session = new TunnelSession(stream, agent, remote, hub.RecordOf(agent), time)
        {
            Since = time.GetUtcNow(),
            Until = identity.Until,
        };
        await using (session)
        {
            if (!await TryOpenAsync(session, stop))
                return;
            place.Dispose();
            log(agent, $"agent {agent} at {remote} is connected");
            var watching = session.WatchAsync(options.WatchInterval);
            var why = await session.RunAsync(hub.RaiseChanged, hub.RaiseReported);
            session.Record.RecordEnd(isExpected: session.IsDraining || session.IsMoved);
            session.Drain();
            hub.Remove(session);
            log(agent, $"agent {agent} at {remote} is disconnected: {why}");
            await session.DisposeAsync();
            await watching;
        }
    }

    private async Task<bool> TryOpenAsync(TunnelSession session, CancellationToken stop)
    {
        try
        {
            var hello = await session.OpenAsync(stop);
            var decision = hub.Admit(session, standing => Decide(session, hello, standing));
            if (decision.IsAdmitted)
                await WelcomeAsync(session, hello, stop);
            else
                await RefuseAsync(session, decision, stop);
            return decision.IsAdmitted;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            session.Drain();
            hub.Remove(session);
            log(session.Agent, $"agent {session.Agent} at {session.Remote} does not get in: {e.Message}");
            return false;
        }
    }

    // The hub calls it while nothing can come or go. The policy is asked here, so that who is revoked meanwhile is
    // either refused, or found in the hub by the review that follows.
    private AdmittanceDecision Decide(TunnelSession session, Hello hello, IReadOnlyCollection<StandingTunnel> standing)
    {
        var grant = policy.Find(session.Agent);
        var decision = Admittance.OfTunnel(session.Agent, hello, grant,
            isWithinRate: grant is null || limits.AdmitAgent(session.Agent), standing);
        if (decision.IsAdmitted)
            session.Review(grant!);
        return decision;
    }

    private async Task RefuseAsync(TunnelSession session, AdmittanceDecision decision, CancellationToken stop)
    {
        session.Record.RecordRefusal(
            new RefusedTunnel(time.GetUtcNow(), session.Remote?.ToString() ?? "", decision.Text));
        log(session.Agent, $"agent {session.Agent} at {session.Remote} is refused: {decision.Text}");
        hub.RaiseChanged();
        var refusal = new Refusal(decision.Text, decision.IsPermanent, decision.RetryAfter.TotalSeconds);
        await session.WriteAsync(new GatewayLine { Refusal = refusal }, stop);
        await Task.Delay(RefusalDelay, time, stop);
    }

    private async Task WelcomeAsync(TunnelSession session, Hello hello, CancellationToken stop)
    {
        var published = session.Services;
        var refused = hello.Services.Where(s => !published.Contains(s))
            .Select(s => Admittance.UnpublishedText(session.Agent, s.Name))
            .ToImmutableArray();
        foreach (var service in refused)
            log(session.Agent, $"agent {session.Agent} at {session.Remote} offers a service that it may not publish: "
                + service);
        await session.WriteAsync(new GatewayLine { Welcome = new Welcome(options.Node, refused) }, stop);
    }
}
