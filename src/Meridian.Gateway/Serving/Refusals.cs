using System.Globalization;
using System.Text.Json;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Serving;

/// <summary>
/// The gateway's own answers, where it cannot pass one on: JSON (RFC 9457) to clients that ask for it, a line of text
/// to the others. They name what failed, but nothing that lies behind the gateway.
/// </summary>
internal static class Refusals
{
    public static Task UnknownHostAsync(HttpContext context)
    {
        // RFC 9110 section 15.5.20: on a TLS connection that was made for another name, the client may try a new one.
        var misdirected = context.Features.Get<ITlsHandshakeFeature>()?.HostName is { Length: > 0 } sni
            && !sni.Equals(context.Request.Host.Host, StringComparison.OrdinalIgnoreCase);
        return WriteAsync(context,
            misdirected ? StatusCodes.Status421MisdirectedRequest : StatusCodes.Status404NotFound, "unknown-host",
            misdirected ? "this connection was made for another host name"
            : "no service of this name is served here", null);
    }

    public static Task TooLargeAsync(HttpContext context, Route route) =>
        WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "too-large",
        $"the body is larger than {route.Options.Source.Limits.RequestBody}", null);

    public static Task HeadTooLargeAsync(HttpContext context, GatewayOptions options) =>
        WriteAsync(context, StatusCodes.Status431RequestHeaderFieldsTooLarge, "too-large",
            $"the head of the request has more than {options.MaxHead} octets or {options.MaxFields} fields", null);

    public static Task ConnectAsync(HttpContext context)
    {
        context.Response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "method",
            "this gateway is no proxy for CONNECT", null);
    }

    public static Task CodingAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status501NotImplemented, "coding",
            "no transfer coding but chunked is known here", null);

    public static Task MalformedAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status400BadRequest, "bad-request",
            "the request has octets that cannot be passed on", null);

    public static Task ClientFaultAsync(HttpContext context, Route route, ClientException fault)
    {
        if (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted)
            return Task.CompletedTask;
        return fault.Status == StatusCodes.Status413PayloadTooLarge ? TooLargeAsync(context, route)
            : WriteAsync(context, fault.Status,
                fault.Status == StatusCodes.Status408RequestTimeout ? "timeout" : "bad-request", fault.Message, null);
    }

    /// <summary>No address has served a request.</summary>
    public static Task UnservedAsync(HttpContext context, Route route, Tries tries)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return tries.Last is { } last
            ? AllFailedAsync(context, route, last, tries.Count) : NothingServesAsync(context, route);
    }

    // Nothing is there to send the request to.
    private static Task NothingServesAsync(HttpContext context, Route route)
    {
        var sites = route.Tiers.Where(t => t.Targets.Length > 0 && !t.Pool.Serves)
            .Select(t => t.Pool.Shape.Site?.Name ?? t.Pool.Shape.Pool.Name).Distinct().ToArray();
        var what = sites.Length == 0
            ? "every address is resting after failures"
            : $"{string.Join(", ", sites)} {(sites.Length == 1 ? "is" : "are")} down";
        return WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "unavailable",
            $"{route.Plan.Shape.Hostname} cannot be served now: {what}", RetryAfter(route));
    }

    // Every address that the request was sent to failed it.
    private static Task AllFailedAsync(HttpContext context, Route route, Failure last, int attempts)
    {
        AnswerFields.WriteAttempts(context.Response.Headers, attempts);
        var (status, code) = last.Kind switch
        {
            FailureKind.Connect => (StatusCodes.Status503ServiceUnavailable, "unavailable"),
            FailureKind.Timeout => (StatusCodes.Status504GatewayTimeout, "timeout"),
            FailureKind.Reset or FailureKind.Malformed or FailureKind.Status =>
                (StatusCodes.Status502BadGateway, "lost"),
        };
        var tried = $"{attempts} {(attempts == 1 ? "address" : "addresses")} tried";
        return WriteAsync(context, status, code,
            $"{route.Plan.Shape.Hostname} cannot be served now: {tried}, the last said {last.Reason}",
            status == StatusCodes.Status503ServiceUnavailable ? RetryAfter(route) : null);
    }

    // A verdict can turn at the earliest when the next probe, and as many after it as the threshold asks for, are well.
    private static TimeSpan RetryAfter(Route route)
    {
        var soonest = TimeSpan.MaxValue;
        foreach (var check in route.Tiers.Select(t => t.Pool.Shape.Check).OfType<Model.Resources.HealthCheck>())
        {
            var span = check.Interval + ((check.HealthyThreshold - 1) * check.ConfirmInterval);
            if (span < soonest)
                soonest = span;
        }

        return soonest == TimeSpan.MaxValue ? TimeSpan.FromSeconds(1) : soonest;
    }

    private static async Task WriteAsync(HttpContext context, int status, string code, string message,
        TimeSpan? retryAfter)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var response = context.Response;
        response.StatusCode = status;
        response.Headers[AnswerFields.Error] = code;
        response.Headers.CacheControl = "no-store";

        // The rest of a refused body is not read, so that no other request can follow it on the connection.
        if (status is StatusCodes.Status413PayloadTooLarge or StatusCodes.Status408RequestTimeout
            or StatusCodes.Status405MethodNotAllowed or StatusCodes.Status431RequestHeaderFieldsTooLarge
            or StatusCodes.Status501NotImplemented
            && HttpProtocol.IsHttp11(context.Request.Protocol))
            response.Headers.Connection = "close";
        if (retryAfter is { } span)
            response.Headers.RetryAfter =
            ((int)Math.Ceiling(Math.Max(1, span.TotalSeconds))).ToString(CultureInfo.InvariantCulture);
        if (GrpcRefusal.Applies(context.Request))
        {
            GrpcRefusal.Write(response, status, message, retryAfter);
            return;
        }

        byte[] body;
        if (AcceptsJson(context.Request))
        {
            response.ContentType = "application/problem+json";
            body = JsonSerializer.SerializeToUtf8Bytes(new
            {
                type = "about:blank",
                title = code,
                status,
                detail = message,

                // What clients of OpenAI's API read.
                error = new
                {
                    message,
                    type = status < StatusCodes.Status500InternalServerError ? "invalid_request_error" : "server_error",
                    code,
                    param = (string?)null,
                },
            });
        }
        else
        {
            response.ContentType = "text/plain; charset=utf-8";
            body = System.Text.Encoding.UTF8.GetBytes($"{status} {code}: {message}\n");
        }

        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static bool AcceptsJson(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Contains("json", StringComparison.OrdinalIgnoreCase)
            || (accept.Length == 0 && (request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase)
                ?? false));
    }
}
