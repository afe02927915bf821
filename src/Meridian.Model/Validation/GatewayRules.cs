using System.Globalization;
using Meridian.Addresses;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class GatewayRules
{
    private static readonly string[] Reasons = ["connect", "reset", "timeout"];
    private static readonly string[] Quantiles = ["p50", "p90", "p95", "p99"];

    public static void Check(GlobalEndpoint endpoint, EndpointGateway gateway, ResourceSet set, Reporter report)
    {
        report.HostName(gateway.Upstream.HostHeader, gateway.Upstream, "hostHeader"); // `preserve` has the form too
        if (gateway.Tcp is { } tcp)
            GatewayTcpRules.Check(endpoint, gateway, tcp, set, report);
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
                report.Fault(retry, "reasons", i, $"`{reason}` is not a reason to try again; " +
                    $"write connect, reset, timeout or a status from 400 to 599{Suggestion.For(reason, Reasons)}");
        }

        if (!retry.Budget.IsPercent)
            report.Fault(retry, "budget", $"`budget` is a share; write \"{retry.Budget.Number}%\"");
        if (retry.PerTryTimeout > gateway.TimeToFirstByte)
            report.Fault(retry, "perTryTimeout",
                $"`perTryTimeout` is {Durations.Format(retry.PerTryTimeout.Value)} and must not be longer than " +
                $"`timeouts.firstByte`, {Durations.Format(gateway.TimeToFirstByte)}");
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
