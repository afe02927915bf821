using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Sites;

/// <summary>One of an agent's connections: dialled, kept, dialled again.</summary>
internal sealed class Link(int number, AgentServer server, Dialer dialer, TimeProvider time)
{
    /// <summary>Time for a gateway to say whether it accepts a connection.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);

    private readonly RedialDelay _delay = new(Random.Shared.NextDouble);
    private TaskCompletionSource<Refusal?>? _answer;
    private TaskCompletionSource? _moved;
    private int _failures;

    public LinkState State { get; private set; } = new("", null, TunnelForm.Tls, time.GetUtcNow(), "not dialled yet");

    /// <summary>Dials until it is told to stop.</summary>
    /// <returns>Why dialling is of no use any more.</returns>
    public async Task<Refusal> RunAsync(Action connected, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The gateways and their addresses in turn, and each connection begins at another one.
            var gateways = server.Options.Gateways;
            var gateway = gateways[(number + _failures) % gateways.Length];
            var refusal = await DialAsync(gateway, (number + _failures) / gateways.Length, connected,
                cancellationToken);
            if (refusal is { IsPermanent: true })
                return refusal;
            _failures++;
            var delay = refusal is { RetryAfter: > 0 }
                ? _delay.Around(TimeSpan.FromSeconds(refusal.RetryAfter)) : _delay.Next();
            await Task.Delay(delay, time, cancellationToken);
        }
    }

    /// <summary>The gateway has written a line on this connection.</summary>
    public void Receive(GatewayLine line)
    {
        if (line.Welcome is { } welcome)
        {
            State = State with { Node = welcome.Node };
            foreach (var refused in welcome.Refused)
                server.Log($"service {refused}");
            _answer?.TrySetResult(null);
        }

        if (line.Refusal is { } refusal)
            _answer?.TrySetResult(refusal);
        if (line.Move)
            _moved?.TrySetResult();
    }

    // From one attempt to dial to the end of the connection; the refusal where the gateway answered with one.
    private async Task<Refusal?> DialAsync(GatewayAddress gateway, int turn, Action connected,
        CancellationToken cancellationToken)
    {
        try
        {
            var (stream, form) = await dialer.ReverseAsync(gateway, turn, cancellationToken);
            var refusal = await ServeAsync(stream, gateway, form, connected, cancellationToken);
            if (refusal is not null)
                Become(gateway, form, null, refusal.Reason);
            return refusal;
        }
        catch (DialException e)
        {
            Become(gateway, State.Form, null, e.Message);
            return null;
        }
    }

    // Null where the connection was accepted, or was not answered, and has ended.
    private async Task<Refusal?> ServeAsync(Stream stream, GatewayAddress gateway, TunnelForm form, Action connected,
        CancellationToken cancellationToken)
    {
        var connection = new StreamConnection(stream, null);
        connection.Features.Set(this);
        var answer = _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var moved = _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!server.Serve(connection))
            return null;
        await Task.WhenAny(answer.Task, connection.Ended, Task.Delay(AnswerLimit, time, cancellationToken))
            .WaitAsync(cancellationToken);
        if (!answer.Task.IsCompletedSuccessfully)
        {
            Become(gateway, form, null, "the gateway says nothing, or has closed the connection at once");
            await connection.DisposeAsync();
            return null;
        }

        if (await answer.Task is { } refusal)
        {
            await connection.DisposeAsync();
            return refusal;
        }

        Become(gateway, form, State.Node, null);
        server.Log($"connection {number} to {State.Node} at {gateway} stands ({form})");
        connected();
        var began = time.GetTimestamp();

        // After a request to move the connection is left to itself: what is under way ends, and the gateway closes it.
        await Task.WhenAny(moved.Task, connection.Ended).WaitAsync(cancellationToken);
        var isMoved = moved.Task.IsCompleted;
        if (isMoved || time.GetElapsedTime(began) > RedialDelay.GoodTunnel)
            _delay.Reset();
        Become(gateway, form, null, isMoved ? "the gateway asked to dial again" : "the connection is lost");
        server.Log($"connection {number} to {gateway}: {State.Fault}");
        return null;
    }

    private void Become(GatewayAddress gateway, TunnelForm form, string? node, string? fault) =>
        State = new LinkState(gateway.ToString(), node, form, time.GetUtcNow(), fault);
}
