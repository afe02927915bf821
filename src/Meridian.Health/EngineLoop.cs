using System.Threading.Channels;

namespace Meridian.Health;

/// <summary>
/// One loop that handles messages one after another and then takes a step, again whenever a message comes or the next
/// step is due. Whatever throws is reported: a message is lost alone, and a step that fails is tried again after a
/// pause.
/// </summary>
internal sealed class EngineLoop : IAsyncDisposable
{
    /// <summary>The loop ticks at least this often, so that a stall shows.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the loop waits after a fault of its own, which might come again at once.</summary>
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly Action<CancellationToken> _step;
    private readonly Func<TimeSpan?> _untilNext;
    private readonly Action<Exception> _faulted;
    private readonly Channel<Action> _messages =
        Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _lastTick;

    /// <param name="time">The clock.</param>
    /// <param name="step">What is done after the messages; the token is cancelled when the loop stops.</param>
    /// <param name="untilNext">Time until the next step is due, not positive where it is; null for unknown.</param>
    /// <param name="faulted">Is given every exception that a message or a step throws.</param>
    public EngineLoop(TimeProvider time, Action<CancellationToken> step, Func<TimeSpan?> untilNext,
        Action<Exception> faulted)
    {
        _time = time;
        _step = step;
        _untilNext = untilNext;
        _faulted = faulted;
        _lastTick = time.GetTimestamp();
        _running = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Whether the loop has stood still, or done nothing but fail, for more than ten seconds.</summary>
    public bool IsStalled => _time.GetElapsedTime(Volatile.Read(ref _lastTick)) > StallLimit || _running.IsCompleted;

    /// <summary>Has the loop handle a message. The caller must bound the number of messages.</summary>
    public void Post(Action message) => _messages.Writer.TryWrite(message);

    /// <summary>Runs something that must not end what its caller does.</summary>
    public void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Report(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var wake = _time.CreateTimer(_ => Post(static () => { }), null, Heartbeat, Heartbeat);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                while (_messages.Reader.TryRead(out var message))
                    Guard(message);
                _step(cancellationToken);
                Volatile.Write(ref _lastTick, _time.GetTimestamp());

                // A step may have become due while the timer was set, so ask again afterwards.
                wake.Change(UntilNext(), Heartbeat);
                if (UntilNext() > TimeSpan.Zero)
                    await _messages.Reader.WaitToReadAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Report(e);
                await Task.Delay(FaultPause, _time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private TimeSpan UntilNext()
    {
        if (_untilNext() is not { } wait)
            return Heartbeat;

        // Timers count whole milliseconds: rounded down, the last one would be spent waking up again and again.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        return wait > Heartbeat ? Heartbeat : wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void Report(Exception fault)
    {
        try
        {
            _faulted(fault);
        }
        catch
        {
            // A fault of the report itself has nowhere to go, and the loop must go on.
        }
    }
}
