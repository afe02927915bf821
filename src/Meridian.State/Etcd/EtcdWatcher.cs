using Etcdserverpb;
using Grpc.Core;
using Meridian.State.Shared;
using Mvccpb;

namespace Meridian.State.Etcd;

/// <summary>One watch at a time: from what is known on, until it ends in whatever way.</summary>
internal sealed class EtcdWatcher(
    EtcdOptions options, EtcdCalls calls, EtcdIdentity identity, EtcdKeys keys, EtcdView view, EtcdRetry retry,
    TimeProvider time)
{
    private const int MaxPending = 100_000; // events of one revision; etcd takes 128 writes in a transaction

    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);

    private bool _passesOver; // whether the revision that is known already holds an event that is too large

    /// <summary>
    /// Watches until a list is due: the store no longer keeps the revision from which to go on, an event is larger than
    /// this end takes, or the last list is old.
    /// </summary>
    /// <param name="endpoint">The member.</param>
    /// <param name="epoch">The epoch in which what is known was listed.</param>
    /// <param name="publish">Called with null for a sign of life, and with each change, in order.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="TimeoutException">The member has been silent for too long.</exception>
    /// <exception cref="EtcdException">It ended the watch, or is not what it was.</exception>
    /// <exception cref="RpcException">The connection broke.</exception>
    public async Task WatchAsync(
        EtcdEndpoint endpoint, int epoch, Action<SharedUpdate?> publish, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(EtcdContact.Silence, time);
        using var age = new CancellationTokenSource(retry.Spread(options.RefreshEvery), time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token, age.Token);
        try
        {
            using var call = endpoint.Clients.Watch.Watch(await calls.OptionsAsync(endpoint, linked.Token));
            await call.RequestStream.WriteAsync(new WatchRequest { CreateRequest = Request() }, linked.Token);
            var asking = AskAsync(call.RequestStream, linked.Token);
            try
            {
                var pending = new List<Event>();
                while (await call.ResponseStream.MoveNext(linked.Token))
                {
                    silence.CancelAfter(EtcdContact.Silence);
                    endpoint.Touch();
                    if (!Take(endpoint, epoch, call.ResponseStream.Current, pending, publish))
                        return;
                }
            }
            finally
            {
                await linked.CancelAsync();
                await asking;
            }
        }
        catch (RpcException e) when (EtcdFailure.IsTooLarge(e))
        {
            _passesOver = true;
            return;
        }
        catch (Exception e) when (age.IsCancellationRequested && e is RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }
        catch (Exception e) when (silence.IsCancellationRequested && e is RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            endpoint.Reset(); // nobody knows where this connection leads
            throw new TimeoutException(
                $"etcd at {endpoint.Name} was silent for {EtcdContact.Silence.TotalSeconds:0} s", e);
        }

        throw new EtcdException($"etcd at {endpoint.Name} ended the watch");
    }

    // The watch begins at the revision that is known already, not behind it. Where the store was compacted to exactly
    // the next revision and that is a deletion, etcd before 3.5.16 would begin behind the deletion and say nothing
    // (etcd-io/etcd#18089); asked for a revision below that of the compaction, every version says so.
    private WatchCreateRequest Request() => new()
    {
        Key = keys.Prefix,
        RangeEnd = keys.End,
        StartRevision = Math.Max(1, view.Revision + (_passesOver ? 1 : 0)),
        ProgressNotify = true,
        Fragment = true,
    };

    // False where the store does not keep what comes next.
    private bool Take(EtcdEndpoint endpoint, int epoch, WatchResponse answer, List<Event> pending,
        Action<SharedUpdate?> publish)
    {
        identity.Check(endpoint.Name, answer.Header);
        if (identity.Epoch != epoch)
            throw new EtcdException($"etcd at {endpoint.Name} went back while it was watched");
        if (answer.CompactRevision > 0)
            return false;
        if (answer.Canceled)
            throw new EtcdException($"etcd at {endpoint.Name} ended the watch: {answer.CancelReason}");
        publish(null);

        // A header without events is a sign of life and no more: old versions of etcd tell a revision there whose
        // events may be yet to come (etcd-io/etcd#15220). A fragment may end in the middle of a transaction.
        pending.AddRange(answer.Events);
        if (pending.Count == 0)
            return true;
        _passesOver = false;
        var last = pending[^1].Kv.ModRevision;
        if (view.Apply(pending, answer.Fragment ? last - 1 : last) is { } update)
            publish(update);
        if (answer.Fragment)
            pending.RemoveAll(e => e.Kv.ModRevision < last);
        else
            pending.Clear();
        return pending.Count <= MaxPending ? true
            : throw new EtcdException($"etcd at {endpoint.Name} writes too much at one revision");
    }

    // etcd by itself reports progress every ten minutes; asked, it answers at once.
    private async Task AskAsync(IClientStreamWriter<WatchRequest> requests, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(AskEvery, time, cancellationToken);
                await requests.WriteAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() },
                    cancellationToken);
            }
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or InvalidOperationException)
        {
            // The watch has ended, and whoever reads it knows why.
        }
    }
}
