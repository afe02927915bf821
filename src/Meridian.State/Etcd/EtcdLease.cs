using Etcdserverpb;
using Grpc.Core;

namespace Meridian.State.Etcd;

/// <summary>
/// This node's session: a lease that ends ten seconds after the last beat that reached etcd. A beat is a stream of its
/// own at whichever member answers, so that no member and no connection is needed for the next one.
/// </summary>
internal sealed class EtcdLease(EtcdChannels channels, EtcdCalls calls, EtcdIdentity identity, EtcdRetry retry,
    TimeProvider time)
{
    /// <summary>How long a lease lives without a beat.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(3);

    private volatile Held? _held;
    private volatile string _trouble = "none was asked for yet";

    /// <summary>The lease, if by this node's clock it lives; else 0.</summary>
    public long Session => _held is { } held && IsAlive(held) ? held.Id : 0;

    /// <summary>Why the last try failed.</summary>
    public string Trouble => _trouble;

    /// <summary>When <see cref="Session"/> ends without a beat; infinite where there is none.</summary>
    public TimeSpan Due => _held is { } held && IsAlive(held) ? Left(held) : Timeout.InfiniteTimeSpan;

    /// <summary>Keeps a lease until cancelled; never throws.</summary>
    /// <param name="changed">Called after <see cref="Session"/> has changed.</param>
    /// <param name="cancellationToken">Ends it; the lease lives on for what is left of its time.</param>
    public async Task RunAsync(Action changed, CancellationToken cancellationToken)
    {
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var before = Session;
            var isDone = false;
            foreach (var endpoint in channels.InOrder())
            {
                isDone = await TryAsync(endpoint, cancellationToken);
                if (isDone || cancellationToken.IsCancellationRequested)
                    break;
            }

            if (Session != before)
                changed();
            failures = isDone ? 0 : failures + 1;
            if (isDone && Session != 0)
                await Task.Delay(BeatEvery, time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else if (!isDone)
                await retry.PauseAsync(failures, cancellationToken);
        }
    }

    /// <summary>Notes that etcd does not have a lease; the loop makes another with its next beat.</summary>
    public void Lose(long session)
    {
        if (_held is { } held && held.Id == session)
            Interlocked.CompareExchange(ref _held, null, held);
    }

    /// <summary>Ends the lease at once, with all keys that it holds.</summary>
    public async Task RevokeAsync(CancellationToken cancellationToken)
    {
        if (_held is not { } held)
            return;
        _held = null;
        foreach (var endpoint in channels.InOrder())
        {
            if (await RevokeAsync(endpoint, held, cancellationToken))
                return;
        }
    }

    // A beat, or a new lease where there is none; false where this member could not give it.
    private async Task<bool> TryAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await calls.EnsureAsync(endpoint, cancellationToken);
            if (_held is { } held && IsAlive(held))
                await BeatAsync(endpoint, held, cancellationToken);
            else
                await GrantAsync(endpoint, cancellationToken);
            return true;
        }
        catch (Exception e)
        {
            _trouble = EtcdFailure.Text(endpoint, e);
            return false;
        }
    }

    private async Task GrantAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        // A lease that this node has given up may yet live in etcd, and would hold what the new session wants to have.
        if (_held is { } old && await RevokeAsync(endpoint, old, cancellationToken))
            _held = null;
        var started = time.GetTimestamp();
        var answer = await calls.UnaryAsync(endpoint, (c, o) => c.Lease.LeaseGrantAsync(
            new LeaseGrantRequest { TTL = (long)Lifetime.TotalSeconds }, o), EtcdCalls.Limit, cancellationToken);
        identity.Check(endpoint.Name, answer.Header);
        if (answer.ID == 0 || answer.TTL <= 0)
            throw new EtcdException($"etcd at {endpoint.Name} gives no lease: {answer.Error}");
        _held = new Held(answer.ID, started);
    }

    private async Task BeatAsync(EtcdEndpoint endpoint, Held held, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(EtcdCalls.Limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var started = time.GetTimestamp();
        using var call = endpoint.Clients.Lease.LeaseKeepAlive(await calls.OptionsAsync(endpoint, linked.Token));
        await call.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = held.Id }, linked.Token);
        if (!await call.ResponseStream.MoveNext(linked.Token))
            throw new EtcdException($"etcd at {endpoint.Name} ended a beat");
        var answer = call.ResponseStream.Current;
        identity.Check(endpoint.Name, answer.Header);
        endpoint.Touch();
        await call.RequestStream.CompleteAsync();
        if (answer.TTL <= 0)
            Lose(held.Id);
        else
            Interlocked.CompareExchange(ref _held, held with { Beat = started }, held);
    }

    private async Task<bool> RevokeAsync(EtcdEndpoint endpoint, Held held, CancellationToken cancellationToken)
    {
        try
        {
            await calls.UnaryAsync(endpoint, (c, o) => c.Lease.LeaseRevokeAsync(
                new LeaseRevokeRequest { ID = held.Id }, o), EtcdCalls.Limit, cancellationToken);
            return true;
        }
        catch (RpcException e) when (EtcdFailure.IsLeaseGone(e))
        {
            return true;
        }
        catch (Exception)
        {
            return false; // it ends by itself
        }
    }

    private bool IsAlive(Held held) => Left(held) > TimeSpan.Zero;

    private TimeSpan Left(Held held) => Lifetime - time.GetElapsedTime(held.Beat);

    // The beat counts from when it was sent: etcd's clock began later, so that this node's session ends first.
    private sealed record Held(long Id, long Beat);
}
