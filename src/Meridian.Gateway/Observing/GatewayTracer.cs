using System.Diagnostics;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Observing;

/// <summary>
/// Spans of requests: one for the request, and one below it for each address that it was sent to. Names and attributes
/// are OpenTelemetry's (semantic conventions for HTTP 1.23 and later). Without a listener no spans are made.
/// </summary>
public static class GatewayTracer
{
    public const string SourceName = "Meridian.Gateway";

    /// <summary>Octets of a <c>traceparent</c> (W3C Trace Context, version 00).</summary>
    internal const int ParentLength = 55;

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? Request(HttpContext context, Route route)
    {
        if (!Source.HasListeners())
            return null;
        var request = context.Request;
        ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true,
            out var parent);
        var span = Source.StartActivity($"{request.Method} {route.Name}", ActivityKind.Server, parent);
        if (span is not { IsAllDataRequested: true })
            return span;
        return span.SetTag("http.request.method", request.Method).SetTag("http.route", route.Name)
            .SetTag("url.scheme", request.Scheme)
            .SetTag("url.path", request.Path.Value).SetTag("server.address", request.Host.Host)
            .SetTag("network.protocol.version",
                request.Protocol.StartsWith("HTTP/2", StringComparison.Ordinal) ? "2" : "1.1");
    }

    internal static void Done(Activity? span, HttpContext context)
    {
        if (span is null)
            return;
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
        span.Stop();
    }

    /// <param name="request">The span of the request; null where there is none.</param>
    /// <param name="method">Method of the request.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="count">How many addresses have had the request before.</param>
    internal static Activity? Attempt(Activity? request, string method, Target target, int count)
    {
        if (request is null)
            return null;
        var span = Source.StartActivity(method, ActivityKind.Client, request.Context);
        if (span is not { IsAllDataRequested: true })
            return span;
        span.SetTag("http.request.method", method).SetTag("server.address", target.Upstream.Key.Host)
            .SetTag("server.port", target.Upstream.Key.Port)
            .SetTag("meridian.pool", target.Upstream.Key.Pool).SetTag("meridian.site", target.Site);
        return count > 0 ? span.SetTag("http.request.resend_count", count) : span;
    }

    /// <summary>The head of an answer has come.</summary>
    internal static void Answered(Activity? span, int status)
    {
        if (span is null)
            return;
        span.AddEvent(new ActivityEvent("first byte")).SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error)
            .SetTag("error.type", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The address has failed the request.</summary>
    internal static void Failed(Activity? span, Failure failure) =>
        span?.SetStatus(ActivityStatusCode.Error, failure.Reason)
        .SetTag("error.type", failure.Kind.ToString().ToLowerInvariant())
        .SetTag("meridian.phase", failure.Phase.ToString().ToLowerInvariant());

    /// <summary>The <c>traceparent</c> by which an address makes its own spans children of a try's.</summary>
    internal static string ParentOf(Activity span)
    {
        var flags = span.ActivityTraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00";
        return $"00-{span.TraceId.ToHexString()}-{span.SpanId.ToHexString()}-{flags}";
    }
}
