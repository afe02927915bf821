using Meridian.Gateway.Routing;

namespace Meridian.Gateway.Retries;

/// <summary>
/// Whether a request may be sent again. Pure: it depends on the route's options, the method and the failure alone.
/// </summary>
internal readonly struct RetryRules(RouteOptions options, string method)
{
    /// <summary>Repetitions a second that are allowed whatever the budget says.</summary>
    public const int AlwaysPerSecond = 3;

    /// <summary>
    /// Whether the request may reach two addresses: its method is idempotent (RFC 9110 section 9.2.2), or the route
    /// says that it is harmless.
    /// </summary>
    public bool MayRepeat { get; } = options.NonIdempotent || IsIdempotent(method);

    /// <summary>Whether another address gets the request when one does not answer in its time.</summary>
    public bool RepeatsSlow { get; } = options.RetriesTimeout
        && (IsIdempotent(method) || (options.NonIdempotent && options.RepeatsSlow));

    /// <summary>Whether another address may be asked after a failure.</summary>
    public bool MayTryAgain(Failure failure)
    {
        if (!failure.Arrived)
            return true;
        return MayRepeat && failure.Kind switch
        {
            FailureKind.Reset => options.RetriesReset,
            FailureKind.Timeout => RepeatsSlow,
            FailureKind.Malformed => options.RetriedStatuses.Contains(502),
            FailureKind.Connect or FailureKind.Status => true,
        };
    }

    private static bool IsIdempotent(string method) =>
        method is "GET" or "HEAD" or "PUT" or "DELETE" or "OPTIONS" or "TRACE";
}
