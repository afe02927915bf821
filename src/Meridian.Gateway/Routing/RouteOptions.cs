using System.Collections.Frozen;
using System.Globalization;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Meridian.Gateway.Routing;

/// <summary>The gateway section of an endpoint with its profile's defaults applied.</summary>
internal sealed record RouteOptions
{
    private const int TooManyRequests = 429;

    /// <summary>Octets a second, Kestrel's own default.</summary>
    private const int SlowestRate = 240;

    /// <summary>Kestrel looks once a second.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(2);

    public required EndpointGateway Source { get; init; }

    public required bool Http2 { get; init; }

    /// <summary>
    /// Whether a request may be sent again, once it may have arrived, although its method is not idempotent.
    /// </summary>
    public required bool NonIdempotent { get; init; }

    public required bool RetriesReset { get; init; }

    public required bool RetriesTimeout { get; init; }

    /// <summary>
    /// Whether a request whose method is not idempotent is sent again only because its address is slow: a second one
    /// does the same work beside the first.
    /// </summary>
    public required bool RepeatsSlow { get; init; }

    public required FrozenSet<int> RetriedStatuses { get; init; }

    /// <summary>How long one address has for the first octet of its answer, where another may follow.</summary>
    public required TimeSpan PerTry { get; init; }

    /// <summary>How long all tries together have for it.</summary>
    public required TimeSpan FirstByte { get; init; }

    /// <summary>Share of the requests that may be sent again, from 0 to 1.</summary>
    public required double Budget { get; init; }

    /// <summary>
    /// How long the first address has before a second one is asked as well; null for never or by a quantile.
    /// </summary>
    public TimeSpan? HedgeAfter { get; init; }

    /// <summary>
    /// The quantile of the times to first octet after which a second address is asked; null for none.
    /// </summary>
    public double? HedgeQuantile { get; init; }

    /// <summary>Share of the requests that may be sent to two addresses, from 0 to 1.</summary>
    public double HedgeShare { get; init; }

    /// <summary>How slowly a client may take its answer.</summary>
    public required MinDataRate SlowestClient { get; init; }

    public int Attempts => Source.Retry.Attempts;

    public static RouteOptions Of(EndpointGateway gateway)
    {
        var inference = gateway.Profile == GatewayProfile.Inference;
        var reasons = !gateway.Retry.Reasons.IsEmpty ? gateway.Retry.Reasons
            : inference && gateway.Upstream.TooManyRequests == LimitScope.Address
                ? ["reset", "timeout", "429", "502", "503", "504"] : ["reset", "timeout", "502", "503", "504"];
        var hedge = gateway.Hedge;
        return new RouteOptions
        {
            Source = gateway,
            Http2 = gateway.Upstream.Http2 ?? gateway.Profile == GatewayProfile.Grpc,
            NonIdempotent = gateway.Retry.NonIdempotent ?? inference,
            RetriesReset = reasons.Contains("reset"),
            RetriesTimeout = reasons.Contains("timeout"),
            RetriedStatuses = reasons.Where(r => char.IsAsciiDigit(r[0]))
                .Select(r => int.Parse(r, CultureInfo.InvariantCulture)).ToFrozenSet(),
            RepeatsSlow = !inference || gateway.Retry.PerTryTimeout is not null
                || gateway.Retry.Reasons.Contains("timeout"),
            PerTry = gateway.Retry.PerTryTimeout ?? gateway.TimeToFirstByte / 2,
            FirstByte = gateway.TimeToFirstByte,
            SlowestClient = new MinDataRate(SlowestRate,
                gateway.Timeouts.Idle > ShortestPause ? gateway.Timeouts.Idle : ShortestPause),
            Budget = gateway.Retry.Budget.Number / 100.0,
            HedgeAfter = hedge is not null && Durations.TryParse(hedge.After, out var after) ? after : null,
            HedgeQuantile = hedge?.After switch { "p50" => 0.5, "p90" => 0.9, "p95" => 0.95, "p99" => 0.99, _ => null },
            HedgeShare = (hedge?.Max.Number ?? 0) / 100.0,
        };
    }

    /// <summary>Whether an answer says that its address is full and not ill: it is spared, and not judged.</summary>
    public bool SaysFull(int status, bool hasRetryAfter) => status == 503
        ? hasRetryAfter : status == TooManyRequests && Source.Upstream.TooManyRequests == LimitScope.Address;
}
