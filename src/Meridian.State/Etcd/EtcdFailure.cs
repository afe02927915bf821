using Grpc.Core;
using Meridian.Addresses;

namespace Meridian.State.Etcd;

/// <summary>
/// What a failed call means. The texts are etcd's own (etcd-io/etcd, <c>api/v3rpc/rpctypes/error.go</c>), which are the
/// same from 3.4 on.
/// </summary>
internal static class EtcdFailure
{
    // etcd begins what it refuses like this; a failure of the transport has another text.
    private const string FromStore = "etcdserver:";
    private const int MaxText = 200;

    /// <summary>Whether a token was refused before anything was done, so that a new one may help.</summary>
    public static bool IsTokenRefused(RpcException failure) =>
        failure.StatusCode == StatusCode.Unauthenticated
        || Says(failure, "invalid auth token") || Says(failure, "revision of auth store is old");

    /// <summary>Whether the store is full: it takes no write but deletions.</summary>
    public static bool IsFull(RpcException failure) => Says(failure, "database space exceeded");

    /// <summary>Whether a lease is gone.</summary>
    public static bool IsLeaseGone(RpcException failure) => Says(failure, "requested lease not found");

    /// <summary>Whether the answer was larger than this end takes.</summary>
    public static bool IsTooLarge(RpcException failure) =>
        failure.StatusCode == StatusCode.ResourceExhausted && !IsFromStore(failure);

    /// <summary>Whether it is sure that a write was not done, and another member may do it.</summary>
    public static bool IsUnsent(RpcException failure) =>
        failure.Status.DebugException is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError,
        }
        // The member turns these away before it hands anything on.
        || Says(failure, "etcdserver: no leader") || Says(failure, "too many requests");

    /// <summary>Whether the store has considered a write and refused it.</summary>
    public static bool IsRefused(RpcException failure) => IsFromStore(failure)
        && failure.StatusCode is StatusCode.NotFound or StatusCode.ResourceExhausted or StatusCode.InvalidArgument
            or StatusCode.PermissionDenied or StatusCode.FailedPrecondition or StatusCode.OutOfRange
            or StatusCode.Unauthenticated;

    /// <summary>Says what went wrong at a member, in one line of bounded length.</summary>
    public static string Text(EtcdEndpoint endpoint, Exception failure)
    {
        var what = failure switch
        {
            EtcdException or TimeoutException => null,
            RpcException rpc when IsFromStore(rpc) => rpc.Status.Detail[FromStore.Length..].Trim(),
            RpcException { StatusCode: StatusCode.Cancelled or StatusCode.DeadlineExceeded } => "it does not answer",
            RpcException { Status.DebugException: { } cause } => ErrorText.Of(cause),
            RpcException rpc => rpc.Status.Detail.Length > 0 ? rpc.Status.Detail : rpc.StatusCode.ToString(),
            _ => ErrorText.Of(failure),
        };
        return DisplayText.Bound(what is null ? failure.Message : $"etcd at {endpoint.Name}: {what}", MaxText);
    }

    private static bool IsFromStore(RpcException failure) =>
        failure.Status.Detail.StartsWith(FromStore, StringComparison.Ordinal);

    private static bool Says(RpcException failure, string text) =>
        failure.Status.Detail.Contains(text, StringComparison.Ordinal);
}
