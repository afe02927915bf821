using Meridian.Gateway.Bodies;
using Meridian.Gateway.Http1;

namespace Meridian.Gateway.Forwarding;

/// <summary>Sends the body of a request to one address while its answer is already waited for.</summary>
/// <param name="body">The client's body.</param>
/// <param name="attempt">Told when all of the body has gone.</param>
/// <param name="idle">How long one write may take.</param>
/// <param name="stopped">Cancelled when the attempt ends.</param>
internal sealed class BodySending(RequestBody body, Attempt attempt, TimeSpan idle, CancellationToken stopped)
    : IAsyncDisposable
{
    private CancellationTokenSource? _stop;
    private Task _sending = Task.CompletedTask;
    private bool _cutShort;

    /// <summary>Ends when all of the body has gone, or with what prevented it.</summary>
    public Task Completion => _sending;

    /// <summary>Whether the address has all of the body.</summary>
    public bool SentAll => !_cutShort && _sending.IsCompletedSuccessfully && body.IsComplete;

    /// <summary>Begins to send.</summary>
    /// <param name="connection">Takes the body.</param>
    /// <param name="chunked">Whether it goes in chunks.</param>
    /// <param name="wanted">Says whether it is to be sent at all; null where it is.</param>
    public void Start(UpstreamConnection connection, bool chunked, Task<bool>? wanted)
    {
        _stop?.Dispose();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopped);
        _sending = SendAsync(connection, chunked, wanted, _stop);
    }

    /// <summary>
    /// Stops sending. Whether the body is still complete, and may go to another address, is known only afterwards.
    /// </summary>
    public async ValueTask EndAsync()
    {
        if (!_sending.IsCompleted)
        {
            _cutShort = true;
            await _stop!.CancelAsync();
        }

        try
        {
            await _sending;
        }
        catch (Exception e) when (e is OperationCanceledException or UpstreamException or ClientException)
        {
            // The attempt has told of it already.
            _cutShort = true;
        }

        _sending = Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop?.Dispose();
    }

    private async Task SendAsync(UpstreamConnection connection, bool chunked, Task<bool>? wanted,
        CancellationTokenSource stop)
    {
        if (wanted is not null && !await attempt.IsWantedAsync(wanted, stop.Token))
        {
            _cutShort = true;
            return;
        }

        await body.SendAsync(connection, chunked, new IdleTimer(stop, idle), stop.Token);
        attempt.BodySent();
    }
}
