using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;

namespace Meridian.State.Etcd;

/// <summary>
/// Calls to a member of etcd: each with a limit of time, the token, and a check of which cluster answers.
/// </summary>
internal sealed class EtcdCalls(
    EtcdOptions options, EtcdIdentity identity, EtcdCredentials credentials, TimeProvider time)
{
    /// <summary>
    /// Has a member without a leader refuse a call, and end a stream (etcd, <c>rpctypes/metadatafields.go</c>).
    /// </summary>
    public const string HasLeader = "hasleader";

    /// <summary>How long a member may take for something small.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>Makes a call, once more with a new token where the member refused the one that was sent.</summary>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    /// <exception cref="RpcException">The call failed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> UnaryAsync<T>(EtcdEndpoint endpoint, Func<EtcdClients, CallOptions, AsyncUnaryCall<T>> start,
        TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            for (var isSecond = false; ; isSecond = true)
            {
                var token = await credentials.TokenAsync(endpoint, linked.Token);
                try
                {
                    using var call = start(endpoint.Clients, Options(token, linked.Token));
                    var answer = await call.ResponseAsync;
                    endpoint.Touch();
                    return answer;
                }
                catch (RpcException e) when (!isSecond && token is not null && EtcdFailure.IsTokenRefused(e))
                {
                    credentials.Forget(token);
                }
            }
        }
        catch (Exception e) when (linked.IsCancellationRequested && e is RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            endpoint.ResetIfSilent();
            throw new TimeoutException($"etcd at {endpoint.Name} did not answer within {limit.TotalSeconds:0.#} s", e);
        }
    }

    /// <summary>What a stream is opened with.</summary>
    public async Task<CallOptions> OptionsAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken) =>
        Options(await credentials.TokenAsync(endpoint, cancellationToken), cancellationToken);

    /// <summary>
    /// Asks a member something that it cannot answer alone: afterwards it is known that it is of the right cluster, has
    /// contact with a majority, and whether the store has gone back.
    /// </summary>
    /// <exception cref="EtcdException">It is of another cluster.</exception>
    /// <inheritdoc cref="UnaryAsync"/>
    public async Task ProbeAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        var mark = identity.Mark;
        var request = new RangeRequest { Key = ByteString.CopyFromUtf8(options.Prefix + "format"), KeysOnly = true };
        var answer = await UnaryAsync(endpoint, (c, o) => c.Keys.RangeAsync(request, o), Limit, cancellationToken);
        var connection = endpoint.Connection;
        identity.Advance(endpoint.Name, mark, answer.Header);
        endpoint.Verify(connection);
    }

    /// <summary>Probes a member, unless it was heard within seconds over the connection that it has now.</summary>
    /// <inheritdoc cref="ProbeAsync"/>
    public Task EnsureAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken) =>
        endpoint.IsFresh ? Task.CompletedTask : ProbeAsync(endpoint, cancellationToken);

    private static CallOptions Options(string? token, CancellationToken cancellationToken)
    {
        var metadata = new Metadata { { HasLeader, "true" } };
        if (token is not null)
            metadata.Add("token", token);
        return new CallOptions(metadata, cancellationToken: cancellationToken);
    }
}
