using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Meridian.Gateway.Http1;

/// <summary>
/// The read of no octets that waits on a connection while it is idle. It ends when the address closes the connection or
/// sends something that nobody asked for; where a request has taken the connection by then, it is the beginning of its
/// answer. It takes nothing from the socket, so that what has come can still be seen there. It is used again and again,
/// so that nothing is allocated for a request.
/// </summary>
/// <param name="claim">Called when the read ends: claims the connection if no request has, which is its end.</param>
internal sealed class IdleRead(Func<bool> claim) : IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _result;
    private ValueTaskAwaiter<int> _reading;
    private Action? _ended;
    private int _settled;
    private volatile bool _arrived;

    /// <summary>Whether a read has been begun that nobody has waited for yet.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasArrived => _arrived;

    /// <summary>Begins to read; false where something is there already, or the connection has ended.</summary>
    public bool TryBegin(Stream stream)
    {
        _result.Reset();
        (_settled, _arrived, IsPending) = (0, false, true);
        try
        {
            _reading = Read(stream);
            if (!_reading.IsCompleted)
            {
                _reading.UnsafeOnCompleted(_ended ??= OnEnded);
                return true;
            }

            _reading.GetResult();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has ended while it was put away.
        }

        return false;
    }

    /// <summary>Waits for its end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> WaitAsync(CancellationToken cancellationToken)
    {
        IsPending = false;

        // The read itself goes on when the wait is given up; the connection is closed then.
        await using var given = cancellationToken.UnsafeRegister(
            static (read, token) => ((IdleRead)read!).Settle(0, new OperationCanceledException(token)), this);
        return await new ValueTask<int>(this, _result.Version);
    }

    // The awaiter is what OnEnded consumes, once.
    [SuppressMessage("Reliability", "CA2012", Justification = "A task would have to be allocated for each request.")]
    private static ValueTaskAwaiter<int> Read(Stream stream) => stream.ReadAsync(Memory<byte>.Empty).GetAwaiter();

    private void OnEnded()
    {
        var (read, fault) = (0, (Exception?)null);
        try
        {
            read = _reading.GetResult();
        }
        catch (Exception e)
        {
            fault = e;
        }

        _arrived = true;
        if (!claim())
            Settle(read, fault);
    }

    private void Settle(int read, Exception? fault)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
            return;
        if (fault is null)
            _result.SetResult(read);
        else
            _result.SetException(fault);
    }

    int IValueTaskSource<int>.GetResult(short token) => _result.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _result.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token,
        ValueTaskSourceOnCompletedFlags flags) => _result.OnCompleted(continuation, state, token, flags);
}
