using System.Collections.Immutable;
using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Model.Resources;

/// <summary>When a gateway sends a request again. A connection that was not made is always tried elsewhere.</summary>
public sealed record GatewayRetry
{
    [Field("Addresses that a request is sent to at most", Min = "1", Max = "10")]
    public int Attempts { get; init; } = 3;

    [Field("What is tried again besides a connection that was not made: `reset` (a connection that ends before the " +
        "answer begins), `timeout` (`perTryTimeout`), and statuses from 400 to 599",
        Default = "[reset, timeout, \"502\", \"503\", \"504\"], and \"429\" for `inference`; " +
            "[connect] for nothing more. Unless it is asked for here or by `perTryTimeout`, `inference` sends a " +
            "request that is not idempotent to one address alone while that is only slow")]
    public ImmutableArray<string> Reasons { get; init; } = [];

    [Field("Also for methods that are not idempotent (POST, PATCH), once they may have arrived",
        Default = "true for `inference`")]
    public bool? NonIdempotent { get; init; }

    [Field("Share of the requests of the last ten seconds that may be sent again; three a second always may")]
    public CountOrPercent Budget { get; init; } = new(20, true);

    [Field("How long one address has for the first octet of its answer", Min = "10ms", Max = "1h",
        Default = "half of `timeouts.firstByte`; all of it where a timeout is not tried again")]
    public TimeSpan? PerTryTimeout { get; init; }

    [Field("How much of a request's body is kept, to be sent again")]
    public GatewayReplay Replay { get; init; } = new();
}
