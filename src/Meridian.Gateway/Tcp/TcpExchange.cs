using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Meridian.Gateway.Choosing;
using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Upstreams;

namespace Meridian.Gateway.Tcp;

/// <summary>
/// One connection that is passed on octet by octet: to the first address that takes it, by the same choice as requests;
/// each direction ends by itself.
/// </summary>
internal sealed class TcpExchange(GatewayCore core, Route route, IPAddress? client)
{
    // What is held for a connection on which little comes, and what is read at a time once much does.
    private const int Small = 4 * 1024;
    private const int Large = 64 * 1024;

    private readonly List<Upstream?> _tried = new(2);
    private long _lastOctet = core.Time.GetTimestamp();

    /// <summary>Runs until both directions have ended, one breaks off, or nothing was sent for too long.</summary>
    /// <param name="stream">The client's end.</param>
    /// <param name="completeWrites">Ends the direction to the client.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async Task RunAsync(Stream stream, Action completeWrites, CancellationToken cancellationToken)
    {
        var order = core.OrderFor(client, route);
        while (_tried.Count < route.Options.Attempts
            && Chooser.Choose(route, order, CollectionsMarshal.AsSpan(_tried), 0, Random.Shared) is { } choice)
        {
            _tried.Add(choice.Target.Upstream);
            if (await TryAsync(choice.Target, stream, completeWrites, cancellationToken))
                return;
        }
    }

    // False where no connection is made, so that another address may have it.
    private async Task<bool> TryAsync(Target target, Stream stream, Action completeWrites,
        CancellationToken cancellationToken)
    {
        Observing.GatewayObserver.Attempt(route, target);
        var began = core.Time.GetTimestamp();
        target.Upstream.Begin(1);
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            UpstreamPipe upstream;
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
                limit.CancelAfter(route.Options.Source.Timeouts.Connect);
                upstream = await target.Upstream.OpenAsync(limit.Token);
            }
            catch (Exception e) when (e is UpstreamException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                var failure = new Failure(FailureKind.Connect, Phase.Connect,
                    e is UpstreamException ? e.Message : "connect: timeout", false);
                target.Upstream.Refused(core.Time.GetElapsedTime(began));
                core.Observer.Evidence(target, failure);
                core.Observer.Failover(route, target, failure);
                return false;
            }

            await using (upstream.Stream)
            {
                var idle = IdleAsync(end);
                var up = GuardAsync(CopyAsync(stream, upstream.Stream, upstream.CompleteWrites, end.Token), end);
                var down = GuardAsync(CopyAsync(upstream.Stream, stream, completeWrites, end.Token), end);
                await Task.WhenAll(up, down);
                await end.CancelAsync();
                await idle;
            }

            core.Observer.Served(route, target, TimeSpan.Zero);
            return true;
        }
        finally
        {
            target.Upstream.End(1);
        }
    }

    private async Task CopyAsync(Stream from, Stream to, Action end, CancellationToken cancellationToken)
    {
        var buffer = new byte[Small];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            Volatile.Write(ref _lastOctet, core.Time.GetTimestamp());
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
            while (limit - core.Time.GetElapsedTime(Volatile.Read(ref _lastOctet)) is var left && left > TimeSpan.Zero)
                await Task.Delay(left, core.Time, end.Token);
            await end.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // It has ended by itself.
        }
    }
}
