using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Meridian.Gateway.Observing;

/// <summary>
/// Reports what happens to requests: to health as evidence, to people as log lines, to dashboards as counts.
/// </summary>
internal sealed partial class GatewayObserver(ILogger<GatewayObserver> log, Action<Evidence> evidence) : IDisposable
{
    public GatewayMeter Meter { get; } = new();

    public void Dispose() => Meter.Dispose();

    public static void Attempt(Route route, Target target) => route.Record.Counts.Attempt(target.Site);

    /// <summary>A request goes on to another address.</summary>
    public void Failover(Route route, Target from, Failure failure)
    {
        route.Record.Counts.Failover(from.Site, failure.Phase);
        Log.Failover(log, route.Name, from.Site, from.Upstream.Key.ToString(), failure.Reason, failure.Phase);
    }

    /// <summary>An address failed a request: reports it to health checking, which probes at once.</summary>
    public void Evidence(Target target, Failure failure)
    {
        if (target.Address.Shape.Probe is { } probe)
            evidence(new Evidence(probe, failure.Reason));
    }

    /// <summary>
    /// A route has entered or left panic: most of its addresses are down, so that those are used as well.
    /// </summary>
    public void Panic(Route route)
    {
        if (route.PanicsByVerdict)
            Log.Panics(log, route.Name, route.Count.Up, route.Count.All);
        else
            Log.Calm(log, route.Name, route.Count.Up, route.Count.All);
    }

    /// <summary>An answer has been passed on whole.</summary>
    public void Served(Route route, Target target, TimeSpan longestGap)
    {
        route.Record.Counts.Served(target.Site);
        Meter.Gap(route.Name, target.Site, longestGap);
    }

    /// <summary>An answer broke off and the client was told.</summary>
    /// <param name="route">The endpoint.</param>
    /// <param name="target">Whose answer it was.</param>
    /// <param name="failure">How it broke off.</param>
    /// <param name="sent">Octets that the client has of it; null where they are not counted.</param>
    public void Lost(Route route, Target target, Failure failure, long? sent = null)
    {
        route.Record.Counts.Lost(target.Site);
        var address = target.Upstream.Key.ToString();
        if (sent is { } octets)
            Log.Lost(log, route.Name, target.Site, address, failure.Reason, octets);
        else
            Log.LostUncounted(log, route.Name, target.Site, address, failure.Reason);
    }

    /// <summary>An answer that broke off was continued from another address.</summary>
    public void Resumed(Route route, Target from, Target to, long octets)
    {
        route.Record.Counts.Resumed(to.Site);
        Log.Resumed(log, route.Name, from.Site, to.Site, octets);
    }

    /// <summary>A second address was asked beside the first.</summary>
    /// <param name="route">The endpoint.</param>
    /// <param name="target">Whose answer was taken.</param>
    /// <param name="won">Whether that was the second.</param>
    public void Hedged(Route route, Target target, bool won)
    {
        route.Record.Counts.Hedge(won);
        if (won)
            Log.Hedged(log, route.Name, target.Site);
    }

    private static partial class Log
    {
        [LoggerMessage(4, LogLevel.Debug, "{Route}: the first address was slow and {Site} answered in its place")]
        public static partial void Hedged(ILogger log, string route, string site);

        [LoggerMessage(5, LogLevel.Warning,
            "{Route}: only {Up} of {All} addresses are up; those that are down are tried as well " +
            "once the others have failed")]
        public static partial void Panics(ILogger log, string route, int up, int all);

        [LoggerMessage(6, LogLevel.Information,
            "{Route}: {Up} of {All} addresses are up again; those that are down are left alone")]
        public static partial void Calm(ILogger log, string route, int up, int all);

        [LoggerMessage(1, LogLevel.Information,
            "{Route}: {Site} ({Address}) failed a request in phase {Phase} and another address took it: {Reason}")]
        public static partial void Failover(ILogger log, string route, string site, string address, string reason,
            FailurePhase phase);

        [LoggerMessage(2, LogLevel.Warning,
            "{Route}: an answer from {Site} ({Address}) broke off after {Octets} octets " +
            "and the client was told: {Reason}")]
        public static partial void Lost(ILogger log, string route, string site, string address, string reason,
            long octets);

        [LoggerMessage(7, LogLevel.Warning,
            "{Route}: an answer from {Site} ({Address}) broke off and the client was told: {Reason}")]
        public static partial void LostUncounted(ILogger log, string route, string site, string address,
            string reason);

        [LoggerMessage(3, LogLevel.Information,
            "{Route}: an answer that broke off at {Site} was continued from {Other}; " +
            "the client has all {Octets} octets")]
        public static partial void Resumed(ILogger log, string route, string site, string other, long octets);
    }
}
