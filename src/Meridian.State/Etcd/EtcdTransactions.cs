using Etcdserverpb;
using Grpc.Core;
using Meridian.State.Shared;

namespace Meridian.State.Etcd;

/// <summary>
/// Does transactions. A member that turns one away before it does anything is passed over for the next one; once a
/// transaction may have been done it is not sent again, because a second time could undo what another node has written
/// since. Who asked is told that it may have been done, and sees it in the snapshot if it was.
/// </summary>
internal sealed class EtcdTransactions(EtcdChannels channels, EtcdCalls calls, EtcdIdentity identity, EtcdKeys keys,
    EtcdFaults faults, TimeProvider time)
{
    /// <summary>Key of the fault of a full store.</summary>
    public const string SpaceFault = "space";

    /// <summary>What is wrong with a full store, and what to do.</summary>
    public const string Full = "the store is full (NOSPACE): compact and defragment it or raise "
        + "--quota-backend-bytes, then run `etcdctl alarm disarm`; until then it takes deletions alone, "
        + "and gives no new session";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Does a transaction.</summary>
    /// <param name="transaction">One that <see cref="SharedLimits"/> finds no fault with.</param>
    /// <param name="lease">The lease of leased writes.</param>
    /// <param name="limit">How long to try.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SharedOutcome> CommitAsync(
        SharedTransaction transaction, EtcdLease lease, TimeSpan limit, CancellationToken cancellationToken)
    {
        var isLeased = transaction.Writes.Any(w => w.Leased);
        var session = isLeased ? lease.Session : 0;
        if (isLeased && session == 0)
            return new SharedOutcome.Unavailable($"this node has no session with the store: {lease.Trouble}");
        var request = Request(transaction, session);
        using var timeout = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var trouble = "there was no time to ask the store";
        while (true)
        {
            foreach (var endpoint in channels.InOrder())
            {
                var attempt = await AttemptAsync(endpoint, request, limit, linked.Token);
                if (attempt.IsLeaseGone)
                    lease.Lose(session);
                if (attempt.Outcome is { } outcome)
                    return outcome;
                if (attempt.Trouble is { } found)
                    trouble = found;
                if (linked.IsCancellationRequested)
                    return new SharedOutcome.Unavailable($"nothing was written: {trouble}");
            }

            await Task.Delay(Pause, time, linked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // An attempt without an outcome has written nothing.
    private async Task<TransactionAttempt> AttemptAsync(
        EtcdEndpoint endpoint, TxnRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await calls.EnsureAsync(endpoint, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new TransactionAttempt(null, null);
        }
        catch (Exception e)
        {
            return new TransactionAttempt(null, EtcdFailure.Text(endpoint, e));
        }

        try
        {
            return new TransactionAttempt(await SendAsync(endpoint, request, limit, cancellationToken), null);
        }
        catch (RpcException e) when (EtcdFailure.IsUnsent(e))
        {
            return new TransactionAttempt(null, EtcdFailure.Text(endpoint, e));
        }
        catch (RpcException e) when (EtcdFailure.IsFull(e))
        {
            faults.Set(SpaceFault, Full);
            return new TransactionAttempt(new SharedOutcome.Unavailable(Full), null);
        }
        catch (RpcException e) when (EtcdFailure.IsRefused(e))
        {
            var why = EtcdFailure.Text(endpoint, e);
            return new TransactionAttempt(new SharedOutcome.Unavailable($"nothing was written: {why}"), null)
            {
                IsLeaseGone = EtcdFailure.IsLeaseGone(e),
            };
        }
        catch (Exception e)
        {
            var why = e is OperationCanceledException ? $"etcd at {endpoint.Name} did not answer in time"
                : EtcdFailure.Text(endpoint, e);
            return new TransactionAttempt(
                new SharedOutcome.Unavailable($"{why}; whether it was written is not known"), null);
        }
    }

    private async Task<SharedOutcome> SendAsync(
        EtcdEndpoint endpoint, TxnRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        var mark = identity.Mark;
        var answer = await calls.UnaryAsync(endpoint, (c, o) => c.Keys.TxnAsync(request, o), limit, cancellationToken);
        identity.Advance(endpoint.Name, mark, answer.Header);
        if (!answer.Succeeded)
            return new SharedOutcome.Conflict();
        if (request.Success.Any(o => o.RequestPut is not null))
            faults.Set(SpaceFault, null); // a full store takes no put
        return new SharedOutcome.Committed(answer.Header.Revision);
    }

    private TxnRequest Request(SharedTransaction transaction, long session)
    {
        var request = new TxnRequest();
        foreach (var (key, modified) in transaction.Conditions)
        {
            request.Compare.Add(new Compare
            {
                Key = keys.Full(key),
                Target = Compare.Types.CompareTarget.Mod,
                Result = Compare.Types.CompareResult.Equal,
                ModRevision = modified,
            });
        }

        foreach (var (key, value, leased) in transaction.Writes)
        {
            request.Success.Add(value is null
                ? new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = keys.Full(key) } }
                : new RequestOp
                {
                    RequestPut = new PutRequest
                    {
                        Key = keys.Full(key),
                        Value = Google.Protobuf.ByteString.CopyFromUtf8(value),
                        Lease = leased ? session : 0,
                    },
                });
        }

        return request;
    }

    private readonly record struct TransactionAttempt(SharedOutcome? Outcome, string? Trouble)
    {
        public bool IsLeaseGone { get; init; }
    }
}
