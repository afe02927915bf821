using System.Diagnostics;
using System.Globalization;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Routing;
using Meridian.Load.Reports;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// What is written anew of a request and its answer that YARP forwards, and whether the client gets the answer.
/// </summary>
internal sealed class OpaqueTransformer(
    GatewayCore core, Route route, Target target, int attempts, Activity? span, CancellationTokenSource limit,
    Func<Failure, bool> mayTryAgain) : HttpTransformer
{
    private readonly long _begun = core.Time.GetTimestamp();

    /// <summary>Whether an answer has begun that the client gets.</summary>
    public bool SawHead { get; private set; }

    /// <summary>An answer that the client does not get, as another address is asked.</summary>
    public Failure? Refused { get; private set; }

    /// <summary>Requests under way at the address, this one among them.</summary>
    public int Beside { get; set; }

    /// <summary>Called when an answer begins that the client gets.</summary>
    public Func<ValueTask>? Answering { get; set; }

    /// <summary>All of the request has gone.</summary>
    public void Sent()
    {
        lock (limit)
        {
            if (!SawHead && Refused is null)
                limit.CancelAfter(route.Options.PerTry);
        }
    }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix,
        CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var host = route.Options.Source.Upstream.HostHeader;
        proxyRequest.Headers.Host = host == Model.Resources.GatewayUpstream.Preserve
            ? httpContext.Request.Host.Value : host;
        var forwarded = core.ForwardedOf(httpContext);
        foreach (var name in (ReadOnlySpan<string>)["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host",
            "Forwarded", LoadReport.RequestHeader])
            proxyRequest.Headers.Remove(name);
        foreach (var name in httpContext.Request.Headers.Keys.Where(n => forwarded.Drops(n)))
            proxyRequest.Headers.Remove(name);
        if (span is not null)
        {
            proxyRequest.Headers.Remove("traceparent");
            proxyRequest.Headers.TryAddWithoutValidation("traceparent", GatewayTracer.ParentOf(span));
        }

        if (route.AsksForReports)
            proxyRequest.Headers.TryAddWithoutValidation(LoadReport.RequestHeader, "text");
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded.Chain);
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Proto", forwarded.Scheme);
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Host", forwarded.Host);
        if (forwarded.Forwarded is not null)
            proxyRequest.Headers.TryAddWithoutValidation("Forwarded", forwarded.Forwarded);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext,
        HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        lock (limit)
        {
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            SawHead = true;
        }

        var elapsed = core.Time.GetElapsedTime(_begun);
        var status = StatusOf(proxyResponse);
        target.Upstream.Judge(status, Value(proxyResponse, "Retry-After"), elapsed, Beside);
        core.Observer.Meter.Began(route.Name, target.Site, elapsed);
        GatewayTracer.Answered(span, status);
        TakeReports(proxyResponse.Headers);
        var failure = new Failure(FailureKind.Status, Phase.FirstByte, $"http: {status}", true);
        if (route.Options.RetriedStatuses.Contains(status) && mayTryAgain(failure))
        {
            (SawHead, Refused) = (false, failure);
            return false;
        }

        if (Answering is not null)
            await Answering();
        var copied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        httpContext.Response.Headers["x-meridian-site"] = target.Site;
        httpContext.Response.Headers["x-meridian-attempts"] = attempts.ToString(CultureInfo.InvariantCulture);
        httpContext.Response.Headers.Append("Server-Timing",
            string.Create(CultureInfo.InvariantCulture, $"upstream;dur={elapsed.TotalMilliseconds:0.0}"));

        // The client may wait for the head before it says more. A failure of gRPC that is all head has to stay so.
        if (copied && route.Options.Http2 && proxyResponse.Content.Headers.ContentLength is null
            && Value(proxyResponse, "grpc-status") is null)
            await httpContext.Response.Body.FlushAsync(cancellationToken);
        return copied;
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse,
        CancellationToken cancellationToken)
    {
        TakeReports(proxyResponse.TrailingHeaders);
        return base.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
    }

    // gRPC tells failure in a field of an answer that is well for HTTP; where nothing but it has come, it is as good as
    // a status (gRPC over HTTP/2, "Trailers-Only"): 8 is RESOURCE_EXHAUSTED, 14 UNAVAILABLE.
    private static int StatusOf(HttpResponseMessage response) =>
        ((int)response.StatusCode, Value(response, "grpc-status")) switch
    {
        (200, "8") => StatusCodes.Status429TooManyRequests,
        (200, "14") => StatusCodes.Status503ServiceUnavailable,
        var (status, _) => status,
    };

    private static string? Value(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private void TakeReports(System.Net.Http.Headers.HttpResponseHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated.Where(h => LoadReport.IsReport(h.Key)).ToArray())
        {
            core.Reported(target, name, string.Join(", ", values));
            headers.Remove(name);
        }
    }
}
