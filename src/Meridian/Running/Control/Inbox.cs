using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Meridian.Health;

namespace Meridian.Running.Control;

/// <summary>
/// What waits for the control loop: changed verdicts apart, so that they come first, and everything else in its order.
/// Any thread adds; the loop alone takes. Unbounded: verdicts come at the pace of probes, the rest from people, files
/// and clients whose own doors bound them; each entry is small.
/// </summary>
internal sealed class Inbox
{
    private readonly ConcurrentQueue<VerdictChange> _verdicts = [];
    private readonly ConcurrentQueue<Message> _messages = [];
    private readonly Channel<bool> _bell =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Adds a changed verdict.</summary>
    public void Add(VerdictChange change)
    {
        _verdicts.Enqueue(change);
        Ring();
    }

    /// <summary>Adds something to do.</summary>
    public void Add(Message message)
    {
        _messages.Enqueue(message);
        Ring();
    }

    /// <summary>Wakes the loop.</summary>
    public void Ring() => _bell.Writer.TryWrite(true);

    /// <summary>Ends when there may be something to take.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _bell.Reader.ReadAsync(cancellationToken);

    /// <summary>Takes all changed verdicts, so that a site's death is one new table and not a hundred.</summary>
    public ImmutableArray<VerdictChange> TakeVerdicts()
    {
        if (_verdicts.IsEmpty)
            return [];
        var verdicts = ImmutableArray.CreateBuilder<VerdictChange>();
        while (_verdicts.TryDequeue(out var change))
            verdicts.Add(change);
        return verdicts.ToImmutable();
    }

    public bool TryTake(out Message message) => _messages.TryDequeue(out message!);

    /// <summary>Something to do on the control loop.</summary>
    /// <param name="Name">What it is called in the log.</param>
    /// <param name="Act">Does it.</param>
    /// <param name="Abandon">Answers who waits where it was not done; null where nobody does.</param>
    internal sealed record Message(string Name, Action Act, Action? Abandon = null);
}
