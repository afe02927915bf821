using System.Diagnostics;
using System.Net;
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
/// Requests that are not sent twice once they have begun: WebSockets and other upgrades, gRPC and HTTP/2 to the
/// addresses. YARP forwards them; this chooses where to, and tries elsewhere while no address has seen the request.
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
        var tried = new List<Upstream?>(2);
        Failure? last = null;
        while (tried.Count < route.Options.Attempts
            && Chooser.Choose(route, order, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tried), session, Random.Shared) is { } choice)
        {
            tried.Add(choice.Target.Upstream);
            GatewayObserver.Attempt(route, choice.Target);
            using var attempt = GatewayTracer.Attempt(span, context.Request.Method, choice.Target, tried.Count - 1);
            var transformer = new Transformer(core, route, choice.Target, tried.Count, attempt);
            var started = core.Time.GetTimestamp();
            var work = route.Record.WorkOf(route.Options.Source.Upstream, context.Request.ContentLength);
            transformer.Beside = choice.Target.Upstream.Begin(work);
            try
            {
                var error = await _forwarder.SendAsync(context, PrefixOf(route), choice.Target.Upstream.Invoker, ConfigOf(route), transformer);
                if (error == ForwarderError.None)
                {
                    core.Observer.Served(route, choice.Target, TimeSpan.Zero);
                    return;
                }

                if (context.RequestAborted.IsCancellationRequested || IsOfClient(error))
                    return;
                last = FailureOf(error, context.Features.Get<IForwarderErrorFeature>()?.Exception, transformer.SawHead);
            }
            finally
            {
                choice.Target.Upstream.End(work);
            }

            GatewayTracer.Failed(attempt, last);
            if (last.Phase == Phase.Connect)
                choice.Target.Upstream.Refused(core.Time.GetElapsedTime(started));
            else
                choice.Target.Upstream.Failed(core.Time.GetElapsedTime(started));
            core.Observer.Evidence(choice.Target, last);
            if (context.Response.HasStarted || last.Arrived)
                break;
            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
            core.Observer.Failover(route, choice.Target, last);
        }

        if (context.Response.HasStarted)
            return;
        context.Response.Clear();
        await (last is null ? Refusals.NothingServesAsync(context, route) : Refusals.AllFailedAsync(context, route, last, tried.Count));
    }

    // Where the connection goes is the invoker's; the authority is only what a URL has to have.
    private static string PrefixOf(Route route) => route.Options.Source.Upstream.Scheme == Model.Resources.HttpScheme.Https ? "https://upstream/" : "http://upstream/";

    private static ForwarderRequestConfig ConfigOf(Route route) => new()
    {
        ActivityTimeout = route.Options.Source.Timeouts.Idle,
        Version = route.Options.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static bool IsOfClient(ForwarderError error) => error is ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyClient
        or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient or ForwarderError.RequestCanceled
        or ForwarderError.RequestBodyCanceled or ForwarderError.ResponseBodyCanceled or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled;

    private static Failure FailureOf(ForwarderError error, Exception? exception, bool sawHead)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is UpstreamException { Kind: FailureKind.Connect } connect)
                return new Failure(FailureKind.Connect, Phase.Connect, connect.Message, false);
        }

        var kind = error is ForwarderError.RequestTimedOut or ForwarderError.UpgradeActivityTimeout ? FailureKind.Timeout : FailureKind.Reset;
        return new Failure(kind, sawHead ? Phase.Body : Phase.FirstByte, exception?.InnerException?.Message ?? exception?.Message ?? error.ToString(), true);
    }

    private sealed class Transformer(GatewayCore core, Route route, Target target, int attempts, Activity? span) : HttpTransformer
    {
        private readonly long _begun = core.Time.GetTimestamp();

        public bool SawHead { get; private set; }

        /// <summary>Requests under way at the address, this one among them.</summary>
        public int Beside { get; set; }

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
            SawHead = true;
            var elapsed = core.Time.GetElapsedTime(_begun);
            target.Upstream.Judge((int)proxyResponse.StatusCode,
                proxyResponse.Headers.NonValidated.TryGetValues("Retry-After", out var after) ? after.ToString() : null, elapsed, Beside);
            core.Observer.Meter.Began(route.Name, target.Site, elapsed);
            GatewayTracer.Answered(span, (int)proxyResponse.StatusCode);
            TakeReports(proxyResponse.Headers);
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
