using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Sites;

/// <summary>One of an agent's connections: dialled, kept, dialled again.</summary>
internal sealed class Link(int number, AgentServer server, Dialer dialer, TimeProvider time)
{
    /// <summary>Time for a gateway to say whether it takes a connection.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Backoff _backoff = new();
    private TaskCompletionSource<Refusal?>? _verdict;
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
            TimeSpan? pause = null;
            try
            {
                var (stream, form) = await dialer.ReverseAsync(gateway, (number + _failures) / gateways.Length,
                    cancellationToken);
                if (await ServeAsync(stream, gateway, form, connected, cancellationToken) is { } refusal)
                {
                    if (refusal.IsPermanent)
                        return refusal;
                    Become(gateway, form, null, refusal.Reason);
                    pause = refusal.RetryAfter > 0
                        ? TimeSpan.FromSeconds(refusal.RetryAfter * (0.5 + Random.Shared.NextDouble())) : null;
                }
            }
            catch (DialException e)
            {
                Become(gateway, State.Form, null, e.Message);
            }

            _failures++;
            await Task.Delay(pause ?? _backoff.Next(), time, cancellationToken);
        }
    }

    /// <summary>The gateway has spoken on this connection.</summary>
    public void Heard(GatewayLine line)
    {
        if (line.Welcome is { } welcome)
        {
            State = State with { Node = welcome.Node };
            foreach (var refused in welcome.Refused)
                server.Log($"service {refused}");
            _verdict?.TrySetResult(null);
        }

        if (line.Refusal is { } refusal)
            _verdict?.TrySetResult(refusal);
        if (line.Move)
            _moved?.TrySetResult();
    }

    // Null where the connection stood, and has ended.
    private async Task<Refusal?> ServeAsync(Stream stream, GatewayAddress gateway, TunnelForm form, Action connected,
        CancellationToken cancellationToken)
    {
        var connection = new StreamConnection(stream, null);
        connection.Features.Set(this);
        var verdict = _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var moved = _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!server.Serve(connection))
            return null;
        await Task.WhenAny(verdict.Task, connection.Ended, Task.Delay(Patience, time, cancellationToken))
            .WaitAsync(cancellationToken);
        if (!verdict.Task.IsCompletedSuccessfully)
        {
            Become(gateway, form, null, "the gateway says nothing, or has closed the connection at once");
            await connection.DisposeAsync();
            return null;
        }

        if (await verdict.Task is { } refusal)
        {
            await connection.DisposeAsync();
            return refusal;
        }

        Become(gateway, form, State.Node, null);
        server.Log($"connection {number} to {State.Node} at {gateway} stands ({form})");
        connected();
        var began = time.GetTimestamp();
        await Task.WhenAny(moved.Task, connection.Ended).WaitAsync(cancellationToken);
        if (time.GetElapsedTime(began) > Backoff.Healthy || moved.Task.IsCompleted)
            _backoff.Reset();
        Become(gateway, form, null,
            moved.Task.IsCompleted ? "the gateway asked to dial again" : "the connection is lost");
        server.Log($"connection {number} to {gateway}: {State.Fault}");

        // What is under way on a connection that is left behind ends as it would; the gateway closes it.
        return null;
    }

    private void Become(GatewayAddress gateway, TunnelForm form, string? node, string? fault) =>
        State = new LinkState(gateway.ToString(), node, form, time.GetUtcNow(), fault);
}
