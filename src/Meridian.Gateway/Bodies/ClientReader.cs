using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Gateway.Bodies;

/// <summary>
/// The client's side of a request's body. A client that is silent for too long is given up, until an answer has begun:
/// then both directions go on for as long as either has something to say.
/// </summary>
/// <param name="reader">Reads from the client.</param>
/// <param name="idle">How long nothing may come.</param>
/// <param name="time">The clock.</param>
/// <param name="trailers">The client's trailers.</param>
internal sealed class ClientReader(PipeReader reader, TimeSpan idle, TimeProvider time,
    IHttpRequestTrailersFeature? trailers = null) : IDisposable
{
    private ITimer? _timer;
    private long _silentSince;
    private bool _silent;
    private volatile bool _answered;

    /// <summary>What was wrong with the client's side, if something was.</summary>
    public ClientException? Fault { get; private set; }

    /// <summary>What follows the last octet; null for nothing.</summary>
    public IHttpRequestTrailersFeature? Trailers => trailers;

    /// <summary>An answer has begun.</summary>
    public void Answered() => _answered = true;

    /// <summary>Reads on; cancelled by <see cref="Cancel"/>.</summary>
    /// <exception cref="ClientException">The client is gone, is silent, or sends what is no body.</exception>
    public ValueTask<ReadResult> ReadAsync()
    {
        var reading = reader.ReadAsync();
        return reading.IsCompletedSuccessfully ? reading : WaitAsync(reading);
    }

    /// <summary>Ends a read that waits. A token would leave Kestrel's reader in the middle of it.</summary>
    public void Cancel() => reader.CancelPendingRead();

    public void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

    public void Dispose() => _timer?.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading)
    {
        if (!_silent)
            _silentSince = time.GetTimestamp();
        Arm();
        ReadResult result;
        try
        {
            result = await reading;
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException)
        {
            throw Fault = ClientException.Of(e);
        }
        finally
        {
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        // A read that is cancelled for another reason, or by the timer too early, is one wait with the next.
        _silent = result.IsCanceled;
        if (!_silent || _answered || time.GetElapsedTime(_silentSince) < idle)
            return result;
        reader.AdvanceTo(result.Buffer.Start);
        throw Fault = ClientException.Silent(idle);
    }

    private void Arm()
    {
        if (_answered)
            return;
        var left = idle - time.GetElapsedTime(_silentSince);
        var due = left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
        if (_timer is null)
            _timer = time.CreateTimer(static r => ((ClientReader)r!).Cancel(), this, due, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}
