using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;
using Microsoft.Extensions.Logging;

namespace Meridian.Tunnel.Sites;

/// <summary>One of an agent's connections: dialled, kept, dialled again.</summary>
internal sealed class Link(int number, AgentServer server, Dialer dialer, TimeProvider time)
{
    /// <summary>Time for a gateway to say whether it accepts a connection.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);

    private readonly RedialDelay _delay = new(Random.Shared.NextDouble);

    // Doors are the gateways and their addresses in turn. Each link begins at another one, which is its own; this is
    // how many doors further it is.
    private int _away;

    // Doors in a row that have refused the agent until a person does something.
    private int _closedDoors;

    public LinkState State { get; private set; } = new("", null, TunnelForm.Tls, time.GetUtcNow(), "not dialled yet");

    private int Doors => server.Options.Gateways.Length * dialer.MaxAddresses(server.Options.Gateways);

    private bool IsAway => _away % Doors != 0;

    /// <summary>Dials until it is told to stop.</summary>
    /// <returns>Why dialling is of no use any more: every gateway has refused this agent.</returns>
    public async Task<Refusal> RunAsync(Action connected, CancellationToken cancellationToken)
    {
        while (true)
        {
            var outcome = await DialAsync(_away, cancellationToken);
            if (outcome.Standing is { } standing)
            {
                connected();
                await KeepAsync(standing, cancellationToken);
            }
            else
            {
                Become(outcome.Gateway, State.Form, null, outcome.Fault);
                server.ReportFault(outcome.Gateway, outcome.Sentence!);
            }

            _closedDoors = outcome.Refusal is { IsPermanent: true } ? _closedDoors + 1 : 0;
            if (outcome.Refusal is { } refusal && _closedDoors >= Doors)
                return refusal;
            _away++;
            var delay = outcome.Refusal is { RetryAfter: > 0 and var asked }
                ? _delay.Around(TimeSpan.FromSeconds(asked)) : _delay.Next();
            await Task.Delay(delay, time, cancellationToken);
        }
    }

    // Until the connection ends or is left to itself. Now and then a link that is not at its own door tries that again:
    // so the links spread over the gateways once more when one is back.
    private async Task KeepAsync(GatewayConnection standing, CancellationToken cancellationToken)
    {
        var began = Stand(standing);
        while (!await IsOverWithinAsync(standing, cancellationToken))
        {
            if ((await DialAsync(0, cancellationToken)).Standing is not { } own)
                continue;
            _away = 0;
            await standing.LeaveAsync();
            standing = own;
            began = Stand(standing);
        }

        // After a request to move the connection is left to itself: what is under way ends, and the gateway closes it.
        if (standing.IsMoved || time.GetElapsedTime(began) > RedialDelay.GoodTunnel)
            _delay.Reset();
        Become(standing.Gateway, standing.Form, null,
            standing.IsMoved ? "the gateway asked to dial again" : "the connection is lost");
        server.Log(standing.IsMoved ? LogLevel.Information : LogLevel.Warning,
            $"connection {number} to {standing.Gateway}: {State.Fault}");
    }

    private long Stand(GatewayConnection standing)
    {
        Become(standing.Gateway, standing.Form, standing.Node, null);
        server.ReportStanding(standing.Gateway);
        server.Log(LogLevel.Information,
            $"connection {number} to {standing.Node} at {standing.Gateway} stands ({standing.Form})");
        return time.GetTimestamp();
    }

    // False where it is time to try the link's own door.
    private async Task<bool> IsOverWithinAsync(GatewayConnection standing, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pause = IsAway ? _delay.Around(server.Options.ReturnInterval) : Timeout.InfiniteTimeSpan;
        await Task.WhenAny(standing.Over, Task.Delay(pause, time, end.Token));
        await end.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return standing.Over.IsCompleted;
    }

    // Up to the gateway's answer.
    private async Task<DialOutcome> DialAsync(int away, CancellationToken cancellationToken)
    {
        var gateways = server.Options.Gateways;
        var gateway = gateways[(number + away) % gateways.Length];
        try
        {
            var (stream, form) = await dialer.ReverseAsync(gateway, (number + away) / gateways.Length,
                cancellationToken);
            return await ServeAsync(new StreamConnection(stream, null), gateway, form, cancellationToken);
        }
        catch (DialException e)
        {
            return DialOutcome.Failed(gateway, e.Message);
        }
    }

    private async Task<DialOutcome> ServeAsync(StreamConnection connection, GatewayAddress gateway, TunnelForm form,
        CancellationToken cancellationToken)
    {
        var dialled = new GatewayConnection(connection, gateway, form,
            service => server.Log(LogLevel.Warning, $"service {service}"));
        connection.Features.Set(dialled);
        if (!server.Serve(connection))
            return DialOutcome.Failed(gateway, "this agent stops");
        await Task.WhenAny(dialled.Answer, connection.Ended, Task.Delay(AnswerLimit, time, cancellationToken))
            .WaitAsync(cancellationToken);
        var refusal = dialled.Answer.IsCompletedSuccessfully ? await dialled.Answer : null;
        if (dialled.Answer.IsCompletedSuccessfully && refusal is null)
            return DialOutcome.Accepted(dialled);
        await dialled.CloseAsync();
        return refusal is not null ? DialOutcome.Refused(gateway, refusal)
            : DialOutcome.Failed(gateway, $"{gateway}: it says nothing, or has closed the connection at once");
    }

    private void Become(GatewayAddress gateway, TunnelForm form, string? node, string? fault) =>
        State = new LinkState(gateway.ToString(), node, form, time.GetUtcNow(), fault);
}
