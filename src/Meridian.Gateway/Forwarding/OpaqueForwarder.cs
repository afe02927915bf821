using System.Diagnostics;
using System.Net;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Choosing;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Serving;
using Meridian.Gateway.Upstreams;
using Meridian.Load.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// WebSockets and other upgrades, gRPC and HTTP/2 to the addresses: YARP forwards them. This chooses where to, and tries
/// elsewhere by the same rules as <see cref="Exchange"/>; only a part of an answer is never put together from two.
/// </summary>
internal sealed class OpaqueForwarder(GatewayCore core)
{
    private readonly IHttpForwarder _forwarder = new ServiceCollection().AddLogging().AddHttpForwarder().BuildServiceProvider().GetRequiredService<IHttpForwarder>();

    /// <summary>Whether a request can only be forwarded as it is.</summary>
    public static bool IsNeeded(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest is true
        || context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect is true;

    public async Task ForwardAsync(HttpContext context, Route route, int[] order, ulong session, Activity? span)
    {
        route.Record.Retries.Count();
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        var begun = core.Time.GetTimestamp();
        var rules = new RetryRules(route, context.Request.Method);
        await using var body = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is true && !IsNeeded(context)
            ? new ReplayBody(context.Request.BodyReader, rules.MayRepeat ? new Replay(route.Options.Source.Retry.Replay, core.Replays) : null)
            : null;
        var tried = new List<Upstream?>(2);
        Failure? last = null;
        while (Choose() is { } choice)
        {
            tried.Add(choice.Target.Upstream);
            GatewayObserver.Attempt(route, choice.Target);
            using var attempt = GatewayTracer.Attempt(span, context.Request.Method, choice.Target, tried.Count - 1);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            var transformer = new Transformer(core, route, choice.Target, tried.Count, attempt, limit, MayTryAgain);
            var (error, passed) = await TryAsync(choice.Target, transformer, limit);
            if (error == ForwarderError.None && transformer.Refused is null)
            {
                core.Observer.Served(route, choice.Target, TimeSpan.Zero);
                return;
            }

            if (context.RequestAborted.IsCancellationRequested || IsOfClient(error, limit, body))
                return;
            if (transformer.Refused is { } refused)
            {
                last = refused;
            }
            else
            {
                last = FailureOf(error, context.Features.Get<IForwarderErrorFeature>()?.Exception, transformer.SawHead);
                GatewayTracer.Failed(attempt, last);
                if (last.Phase == Phase.Connect)
                    choice.Target.Upstream.Refused(passed);
                else
                    choice.Target.Upstream.Failed(passed);
                core.Observer.Evidence(choice.Target, last);
                if (transformer.SawHead || !MayTryAgain(last))
                    break;
            }

            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
            core.Observer.Failover(route, choice.Target, last);
        }

        if (context.Response.HasStarted)
            return;
        context.Response.Clear();
        await (last is null ? Refusals.NothingServesAsync(context, route) : Refusals.AllFailedAsync(context, route, last, tried.Count));

        Choice? Choose() => Chooser.Choose(route, order, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tried), session, Random.Shared);

        bool MayTryAgain(Failure failure) =>
            tried.Count < route.Options.Attempts
            && core.Time.GetElapsedTime(begun) < route.Options.Source.Timeouts.FirstByte
            && body is null or { CanReplay: true }
            && !context.Response.HasStarted
            && rules.MayTryAgain(failure)
            && Choose() is not null
            && (!failure.Arrived || route.Record.Retries.TrySpend(route.Options.Budget, RetryRules.AlwaysPerSecond));

        async Task<(ForwarderError Error, TimeSpan Passed)> TryAsync(Target target, Transformer transformer, CancellationTokenSource limit)
        {
            var started = core.Time.GetTimestamp();
            var work = route.Record.WorkOf(route.Options.Source.Upstream, context.Request.ContentLength);
            transformer.Beside = target.Upstream.Begin(work);
            try
            {
                // The time for an answer runs once the address has all of the request.
                if (body is null)
                    limit.CancelAfter(route.Options.PerTry);
                else
                    context.Request.Body = body.Open(transformer.Sent);
                transformer.Answering = body is null ? null : body.ForgetAsync;
                var error = await _forwarder.SendAsync(context, PrefixOf(route), target.Upstream.Invoker, ConfigOf(route), transformer, limit.Token);
                return (error, core.Time.GetElapsedTime(started));
            }
            finally
            {
                target.Upstream.End(work);
                if (body is not null)
                    await body.CloseAsync();
            }
        }
    }

    // Where the connection goes is the invoker's; the authority is only what a URL has to have.
    private static string PrefixOf(Route route) => route.Options.Source.Upstream.Scheme == Model.Resources.HttpScheme.Https ? "https://upstream/" : "http://upstream/";

    private static ForwarderRequestConfig ConfigOf(Route route) => new()
    {
        ActivityTimeout = route.Options.Source.Timeouts.Idle,
        Version = route.Options.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    // A forwarder that gives up reading the body because the address has failed takes that for the client's fault.
    private static bool IsOfClient(ForwarderError error, CancellationTokenSource limit, ReplayBody? body) => error switch
    {
        ForwarderError.RequestBodyClient => body is null or { ClientFailed: true },
        ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient => true,
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled => !limit.IsCancellationRequested && body is null or { ClientFailed: true },
        ForwarderError.ResponseBodyCanceled or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled => true,
        _ => false,
    };

    private static Failure FailureOf(ForwarderError error, Exception? exception, bool sawHead)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is UpstreamException { Kind: FailureKind.Connect } connect)
                return new Failure(FailureKind.Connect, Phase.Connect, connect.Message, false);
        }

        var kind = error is ForwarderError.RequestTimedOut or ForwarderError.UpgradeActivityTimeout or ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled ? FailureKind.Timeout : FailureKind.Reset;
        return new Failure(kind, sawHead ? Phase.Body : Phase.FirstByte, exception?.InnerException?.Message ?? exception?.Message ?? error.ToString(), true);
    }

    private sealed class Transformer(
        GatewayCore core, Route route, Target target, int attempts, Activity? span, CancellationTokenSource limit, Func<Failure, bool> mayTryAgain) : HttpTransformer
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
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            var host = route.Options.Source.Upstream.HostHeader;
            proxyRequest.Headers.Host = host == Model.Resources.GatewayUpstream.Preserve ? httpContext.Request.Host.Value : host;
            var forwarded = core.ForwardedOf(httpContext);
            foreach (var name in (ReadOnlySpan<string>)["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", LoadReport.RequestHeader])
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

        public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
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
            httpContext.Response.Headers["x-meridian-attempts"] = attempts.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return copied;
        }

        public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
        {
            TakeReports(proxyResponse.TrailingHeaders);
            return base.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
        }

        // gRPC tells failure in a field of an answer that is well for HTTP; where nothing but it has come, it is as good as a
        // status (gRPC over HTTP/2, "Trailers-Only"): 8 is RESOURCE_EXHAUSTED, 14 UNAVAILABLE.
        private static int StatusOf(HttpResponseMessage response) => ((int)response.StatusCode, Value(response, "grpc-status")) switch
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
}
