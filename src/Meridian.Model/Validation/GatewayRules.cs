using System.Globalization;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class GatewayRules
{
    private static readonly string[] Reasons = ["connect", "reset", "timeout"];
    private static readonly string[] Quantiles = ["p50", "p90", "p95", "p99"];

    public static void Check(EndpointGateway gateway, Reporter report)
    {
        CheckUpstream(gateway.Upstream, report);
        if (gateway.Tcp is { } tcp)
            CheckTcp(gateway, tcp, report);
        CheckRetry(gateway, report);
        if (gateway.Hedge is { } hedge)
            CheckHedge(hedge, report);
        if (gateway.Affinity is { } affinity && !IsToken(affinity.Header))
            report.Fault(affinity, "header", $"`{affinity.Header}` is not the name of a header");
        if (gateway.Profile == GatewayProfile.Grpc && gateway.Upstream.Http2 == false)
            report.Fault(gateway.Upstream, "http2", "profile grpc needs HTTP/2 to the addresses");
        if (gateway.Deterministic && gateway.Upstream.Http2 is true)
            report.Fault(gateway, "deterministic",
                "`deterministic` needs HTTP/1.1 to the addresses; leave `http2` out");
    }

    private static void CheckUpstream(GatewayUpstream upstream, Reporter report)
    {
        if (upstream.HostHeader != GatewayUpstream.Preserve)
            report.HostName(upstream.HostHeader, upstream, "hostHeader");
    }

    private static void CheckTcp(EndpointGateway gateway, GatewayTcp tcp, Reporter report)
    {
        if (tcp.Port is not null == tcp.Passthrough)
            report.Fault(tcp, "port",
                "connections come at a `port` of their own, or by `passthrough` at the TLS ports: write exactly one of them");
        if (gateway.Profile != GatewayProfile.Opaque)
            report.Fault(gateway, "profile",
                $"profile {gateway.Profile.ToString().ToLowerInvariant()} is for HTTP, and `tcp` passes on whatever comes");
        if (gateway.Upstream.Scheme == HttpScheme.Https)
            report.Fault(gateway.Upstream, "scheme",
                "`tcp` passes on whatever comes: it speaks no TLS to the addresses");
        foreach (var (field, given) in ((string, bool)[])[("hedge", gateway.Hedge is not null),
            ("affinity", gateway.Affinity is not null), ("deterministic", gateway.Deterministic)])
        {
            if (given)
                report.Fault(gateway, field, $"`{field}` is for HTTP, and `tcp` passes on whatever comes");
        }
    }

    private static void CheckRetry(EndpointGateway gateway, Reporter report)
    {
        var retry = gateway.Retry;
        for (var i = 0; i < retry.Reasons.Length; i++)
        {
            var reason = retry.Reasons[i];
            var known = Reasons.Contains(reason)
                || (int.TryParse(reason, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
                    && status is >= 400 and <= 599);
            if (!known)
                report.Fault(retry, "reasons", i,
                    $"`{reason}` is not a reason to try again; write connect, reset, timeout or a status from 400 to 599{Suggestion.For(reason, Reasons)}");
        }

        if (!retry.Budget.IsPercent)
            report.Fault(retry, "budget", $"`budget` is a share; write \"{retry.Budget.Number}%\"");
        if (retry.PerTryTimeout > gateway.Timeouts.FirstByte)
            report.Fault(retry, "perTryTimeout",
                $"`perTryTimeout` is {Durations.Format(retry.PerTryTimeout.Value)} and must not be longer than " +
                $"`timeouts.firstByte`, {Durations.Format(gateway.Timeouts.FirstByte)}");
    }

    private static void CheckHedge(GatewayHedge hedge, Reporter report)
    {
        if (!Quantiles.Contains(hedge.After) && !Durations.TryParse(hedge.After, out _))
            report.Fault(hedge, "after",
                $"`{hedge.After}` is neither a duration nor one of {string.Join(", ", Quantiles)}");
        if (!hedge.Max.IsPercent)
            report.Fault(hedge, "max", $"`max` is a share; write \"{hedge.Max.Number}%\"");
    }

    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c)
            || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
