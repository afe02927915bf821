using Meridian.Addresses;
using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Sites;

/// <summary>A connection that was dialled, from then to its end.</summary>
/// <param name="connection">The connection.</param>
/// <param name="gateway">Where it goes.</param>
/// <param name="form">How it was turned around.</param>
/// <param name="refused">Called with each service that the gateway does not publish.</param>
internal sealed class GatewayConnection(StreamConnection connection, GatewayAddress gateway, TunnelForm form,
    Action<string> refused)
{
    private readonly TaskCompletionSource<Refusal?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GatewayAddress Gateway => gateway;

    public TunnelForm Form => form;

    /// <summary>The node at the other end; null before it has said so.</summary>
    public string? Node { get; private set; }

    /// <summary>Writes to the gateway; null before it has asked for that.</summary>
    public ControlWriter? Control { get; set; }

    /// <summary>Whether the gateway asked to dial again.</summary>
    public bool IsMoved => _moved.Task.IsCompleted;

    /// <summary>Completed when the gateway has said whether it takes it: null, or the refusal.</summary>
    public Task<Refusal?> Answer => _answer.Task;

    /// <summary>Completed when the connection has ended, or is to be left to itself.</summary>
    public Task Over => Task.WhenAny(_moved.Task, connection.Ended);

    /// <summary>The gateway has written a line.</summary>
    public void Receive(GatewayLine line)
    {
        if (line.Welcome is { } welcome)
        {
            Node = DisplayText.Bound(welcome.Node, TunnelTokens.MaxReason);
            foreach (var service in welcome.Refused)
                refused(DisplayText.Bound(service, DialException.MaxMessage));
            _answer.TrySetResult(null);
        }

        if (line.Refusal is { } refusal)
            _answer.TrySetResult(refusal);
        if (line.Move)
            _moved.TrySetResult();
    }

    /// <summary>Leaves it to itself: it gets nothing new, and the gateway ends it once nothing is under way.</summary>
    public Task LeaveAsync() => Control?.WriteAsync(new AgentLine { Drain = true }) ?? Task.CompletedTask;

    public ValueTask CloseAsync() => connection.DisposeAsync();
}
