using Meridian.Gateway.Http1;
using Meridian.Gateway.Routing;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// Whether a request may be sent again. Pure: what it depends on is the route, the method and the failure.
/// </summary>
internal readonly struct RetryRules(Route route, string method)
{
    /// <summary>Repetitions a second that are allowed whatever the budget says.</summary>
    public const int AlwaysPerSecond = 3;

    /// <summary>
    /// Whether the request may reach two addresses: its method is idempotent (RFC 9110 section 9.2.2), or the route
    /// says that it is harmless.
    /// </summary>
    public bool MayRepeat { get; } = route.Options.NonIdempotent
        || method is "GET" or "HEAD" or "PUT" or "DELETE" or "OPTIONS" or "TRACE";

    public bool MayTryAgain(Failure failure)
    {
        if (!failure.Arrived)
            return true;
        return MayRepeat && failure.Kind switch
        {
            FailureKind.Reset => route.Options.RetriesReset,
            FailureKind.Timeout => route.Options.RetriesTimeout,
            FailureKind.Malformed => route.Options.RetriedStatuses.Contains(502),
            _ => true,
        };
    }
}
