using System.Diagnostics;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Gateway.Forwarding;

/// <summary>A request and where it may go.</summary>
/// <param name="Context">The request and its answer.</param>
/// <param name="Route">The endpoint that it asks for.</param>
/// <param name="Order">The endpoint's pools, the best for the client first.</param>
/// <param name="Session">Hash of its session; 0 for none.</param>
/// <param name="Span">Its span; null where nobody traces.</param>
internal readonly record struct RoutedRequest(HttpContext Context, Route Route, int[] Order, ulong Session,
    Activity? Span)
{
    /// <summary>The tries of it, which begin now.</summary>
    public Tries Begin(GatewayServices services) =>
        new(Route, Order, Session, Context.Request.Method, services.Observer, services.Time);

    /// <summary>The work that the request is, in the unit of its route.</summary>
    public double Work() => Route.Record.WorkOf(Route.Options.Source.Upstream, Context.Request.ContentLength);

    /// <summary>The client's side of its body.</summary>
    public ClientReader Reader(TimeProvider time) =>
        new(Context.Request.BodyReader, Route.Options.Source.Timeouts.Idle, time,
            Context.Features.Get<IHttpRequestTrailersFeature>());

    /// <summary>The Host that addresses are to see.</summary>
    public string Host()
    {
        var host = Route.Options.Source.Upstream.HostHeader;
        return host == Model.Resources.GatewayUpstream.Preserve ? Context.Request.Host.Value ?? "" : host;
    }

    /// <summary>The span of the try that goes to an address now; null where nobody traces.</summary>
    /// <param name="target">The address.</param>
    /// <param name="tries">The tries, this one among them.</param>
    public Activity? SpanOf(Target target, Tries tries) =>
        GatewayTracer.Attempt(Span, Context.Request.Method, target, tries.Count - 1);
}
