using Microsoft.Extensions.Logging;

namespace Meridian.Running.Control;

/// <summary>The turns of the loop.</summary>
internal sealed partial class ControlLoop
{
    private const string Stopping = "the node is stopping";
    private const string Internal = "a fault of the node itself; its log says more";

    private volatile bool _started;

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickInterval, _time);
        var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        var woken = _inbox.WaitAsync(cancellationToken);
        while (true)
        {
            await Task.WhenAny(tick, woken);
            if (cancellationToken.IsCancellationRequested)
                return;
            Volatile.Write(ref _lastTurn, _time.GetTimestamp());
            if (woken.IsCompleted)
                woken = _inbox.WaitAsync(cancellationToken);
            Turn();
            if (!tick.IsCompleted)
                continue;
            tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            foreach (var feature in _features)
                Guard(feature.Name, () => feature.Tick(_time.GetUtcNow()));
            JudgeVerdicts();
            JudgeOneByOne();
        }
    }

    // Everything that waits, verdicts before all else.
    private void Turn()
    {
        JudgeVerdicts();
        while (_inbox.TryTake(out var message))
        {
            if (!Guard(message.Name, message.Act))
                message.Abandon?.Invoke();
            JudgeVerdicts();
        }

        if (Interlocked.Exchange(ref _evidenceChanged, 0) == 1)
            JudgeEvidence();
        Guard("changes", AdvanceChanges);
    }

    // False where it threw: a fault of ours must not end the loop, and what is served serves on.
    private bool Guard(string name, Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception e)
        {
            Log.Fault(_log, name, e);
            return false;
        }
    }

    // Whoever added something after the loop has ended is answered too.
    private void AbandonIfStopped()
    {
        if (_started && _running.IsCompleted)
            AbandonMessages();
    }

    private void AbandonMessages()
    {
        while (_inbox.TryTake(out var message))
            message.Abandon?.Invoke();
    }

    private void AbandonChanges()
    {
        foreach (var pending in _preparation?.Batch ?? [])
            pending.Refuse(new ChangeRefusal(Stopping));
        for (var batch = _waiting.Next(); !batch.IsEmpty; batch = _waiting.Next())
        {
            foreach (var pending in batch)
                pending.Refuse(new ChangeRefusal(Stopping));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 104, Level = LogLevel.Error,
            Message = "the control loop met a fault in {Part} and goes on with what it serves")]
        public static partial void Fault(ILogger logger, string part, Exception fault);
    }
}
