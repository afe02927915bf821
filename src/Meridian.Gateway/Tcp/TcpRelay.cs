using System.Net.Sockets;
using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Upstreams;

namespace Meridian.Gateway.Tcp;

/// <summary>
/// One connection that is passed on octet by octet: to the first address that takes it, by the same
/// <see cref="Tries"/> as requests. Each direction ends by itself.
/// </summary>
internal sealed class TcpRelay(GatewayServices services, Route route, int[] order)
{
    // The buffer of a connection on which little comes, and the one that it gets once much does.
    private const int Small = 4 * 1024;
    private const int Large = 64 * 1024;

    private readonly TimeProvider _time = services.Time;
    private readonly Tries _tries = new(route, order, session: 0, method: "", services.Observer, services.Time);
    private long _lastOctet = services.Time.GetTimestamp();

    /// <summary>Runs until both directions have ended, one breaks off, or nothing was sent for too long.</summary>
    /// <param name="stream">The client's end.</param>
    /// <param name="completeWrites">Ends the direction to the client.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async Task RunAsync(Stream stream, Action completeWrites, CancellationToken cancellationToken)
    {
        while (_tries.Next() is { } target)
        {
            var began = _time.GetTimestamp();
            target.Upstream.Begin(1);
            try
            {
                var (upstream, failure) = await OpenAsync(target, cancellationToken);
                if (failure is not null)
                {
                    _tries.Failed(target, failure, _time.GetElapsedTime(began), null);
                    _tries.MayTryAgain(target, failure, canSendAgain: true);
                    continue;
                }

                await using (upstream.Stream)
                    await RelayAsync(stream, completeWrites, upstream, cancellationToken);
                services.Observer.Served(route, target, TimeSpan.Zero);
                return;
            }
            finally
            {
                target.Upstream.End(1);
            }
        }
    }

    private async ValueTask<(UpstreamPipe Upstream, Failure? Failure)> OpenAsync(Target target,
        CancellationToken cancellationToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(route.Options.Source.Timeouts.Connect);
            return (await target.Upstream.OpenAsync(limit.Token), null);
        }
        catch (UpstreamException e)
        {
            return (default, Failure.OfConnect(e.Message));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (default, Failure.OfConnect("connect: timeout"));
        }
    }

    private async Task RelayAsync(Stream client, Action completeWrites, UpstreamPipe upstream,
        CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var idle = IdleAsync(end);
        var up = GuardAsync(CopyAsync(client, upstream.Stream, upstream.CompleteWrites, end.Token), end);
        var down = GuardAsync(CopyAsync(upstream.Stream, client, completeWrites, end.Token), end);
        await Task.WhenAll(up, down);
        await end.CancelAsync();
        await idle;
    }

    private async Task CopyAsync(Stream from, Stream to, Action end, CancellationToken cancellationToken)
    {
        var buffer = new byte[Small];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            Volatile.Write(ref _lastOctet, _time.GetTimestamp());
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await to.FlushAsync(cancellationToken);
            if (count == buffer.Length && count == Small)
                buffer = new byte[Large];
        }

        end();
    }

    // A direction that breaks off ends the other one.
    private static async Task GuardAsync(Task direction, CancellationTokenSource end)
    {
        try
        {
            await direction;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException
            or ObjectDisposedException or InvalidOperationException)
        {
            await end.CancelAsync();
        }
    }

    private async Task IdleAsync(CancellationTokenSource end)
    {
        var limit = route.Options.Source.Tcp!.IdleTimeout;
        try
        {
            while (limit - _time.GetElapsedTime(Volatile.Read(ref _lastOctet)) is var left && left > TimeSpan.Zero)
                await Task.Delay(left, _time, end.Token);
            await end.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // It has ended by itself.
        }
    }
}
