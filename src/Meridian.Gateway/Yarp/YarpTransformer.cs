using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Upstreams;
using Meridian.Load.Reports;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Meridian.Gateway.Yarp;

/// <summary>
/// Writes the fields of a request that YARP forwards, and of its answer, and decides whether the client gets that.
/// </summary>
internal sealed class YarpTransformer(
    GatewayServices services, RoutedRequest request, Target target, Tries tries, Activity? span,
    CancellationTokenSource limit) : HttpTransformer
{
    private readonly Route _route = request.Route;
    private readonly TimeSpan _timeToAnswer = tries.TimeToAnswer;
    private readonly long _begun = services.Time.GetTimestamp();

    /// <summary>Whether an answer has begun that the client gets.</summary>
    public bool SawHead { get; private set; }

    /// <summary>Whether an answer has come that the client does not get, as another address is asked.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Whether all of the answer has been passed on.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Requests under way at the address, this one among them.</summary>
    public int Beside { get; set; }

    /// <summary>The URL, with the target as the client wrote it.</summary>
    public required Uri Url { get; init; }

    /// <summary>Whether all of the request can be sent once more.</summary>
    public required Func<bool> CanSendAgain { get; init; }

    /// <summary>Called when an answer begins that the client gets.</summary>
    public Func<ValueTask>? Answering { get; set; }

    /// <summary>All of the request has gone: the time for the answer runs.</summary>
    public void Sent()
    {
        lock (limit)
        {
            if (!SawHead && !IsRefused)
                limit.CancelAfter(_timeToAnswer);
        }
    }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix,
        CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.RequestUri = Url;
        proxyRequest.Headers.Host = request.Host();
        var forwarded = services.Peers.FieldsOf(httpContext);
        proxyRequest.Headers.Remove(LoadReport.RequestHeader);
        foreach (var name in httpContext.Request.Headers.Keys.Where(n => forwarded.Drops(n)))
            proxyRequest.Headers.Remove(name);
        if (span is not null)
        {
            proxyRequest.Headers.Remove("traceparent");
            proxyRequest.Headers.TryAddWithoutValidation("traceparent", GatewayTracer.ParentOf(span));
        }

        if (_route.AsksForReports)
            proxyRequest.Headers.TryAddWithoutValidation(LoadReport.RequestHeader, "text");
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded.Chain);
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Proto", forwarded.Scheme);
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Host", forwarded.Host);
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Port", $"{forwarded.Port}");
        proxyRequest.Headers.TryAddWithoutValidation("X-Real-IP", forwarded.Client);
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

        var firstByte = services.Time.GetElapsedTime(_begun);
        var status = StatusOf(proxyResponse);
        var answer = new AnswerBegun(status, Value(proxyResponse, "Retry-After"), firstByte, Beside);
        tries.Answered(target, answer, span);
        ReceiveReports(proxyResponse.Headers);
        if (_route.Options.RetriedStatuses.Contains(status)
            && tries.MayTryAgain(target, Failure.OfStatus(status), CanSendAgain()))
        {
            (SawHead, IsRefused) = (false, true);
            return false;
        }

        if (Answering is not null)
            await Answering();
        RemoveNamed(proxyResponse);
        var copied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        AnswerFields.Write(httpContext.Response.Headers, target, tries, firstByte);

        // Reset Content has no body, whatever its address says (RFC 9110 section 15.3.6).
        if (status == StatusCodes.Status205ResetContent)
        {
            httpContext.Response.ContentLength = 0;
            return false;
        }

        // The client may wait for the head before it sends more. A gRPC failure that is all head has to stay so.
        if (copied && _route.Options.Http2 && proxyResponse.Content.Headers.ContentLength is null
            && Value(proxyResponse, "grpc-status") is null)
            await httpContext.Response.Body.FlushAsync(cancellationToken);
        return copied;
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse,
        CancellationToken cancellationToken)
    {
        IsWhole = true;
        ReceiveReports(proxyResponse.TrailingHeaders);
        return base.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
    }

    // gRPC reports failure in a field of an answer that is well for HTTP. Where nothing but the field has come, it is
    // as good as a status (gRPC over HTTP/2, "Trailers-Only"): 8 is RESOURCE_EXHAUSTED, 14 UNAVAILABLE.
    private static int StatusOf(HttpResponseMessage response) =>
        ((int)response.StatusCode, Value(response, "grpc-status")) switch
        {
            (200, "8") => StatusCodes.Status429TooManyRequests,
            (200, "14") => StatusCodes.Status503ServiceUnavailable,
            var (status, _) => status,
        };

    // What the answer's Connection names is of that connection alone (RFC 9110 section 7.6.1).
    private static void RemoveNamed(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
            return;
        foreach (var name in response.Headers.Connection.ToArray())
        {
            response.Headers.Remove(name);
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                response.Content.Headers.Remove(name);
        }
    }

    private static string? Value(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private void ReceiveReports(HttpResponseHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated.Where(h => LoadReport.IsReport(h.Key)).ToArray())
        {
            services.Reports.Receive(target, name, string.Join(", ", values));
            headers.Remove(name);
        }
    }
}
