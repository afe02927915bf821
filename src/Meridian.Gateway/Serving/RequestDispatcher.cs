using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Yarp;
using Meridian.Steering;
using Meridian.Steering.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Meridian.Gateway.Serving;

/// <summary>Finds the route of a request and forwards it, or answers it here.</summary>
internal sealed class RequestDispatcher(GatewayServices services, RequestScreen screen)
{
    private readonly YarpForwarder _yarp = new(services);

    /// <param name="context">The request.</param>
    /// <param name="routes">The routes that are current.</param>
    /// <param name="leaving">Whether other nodes are told that nothing can be served here.</param>
    public Task HandleAsync(HttpContext context, RouteTable routes, bool leaving)
    {
        if (screen.Refuse(context) is { } refusal)
            return refusal;
        if (!TryHost(context.Request, out var host) || routes.Find(host) is not { } route)
            return Refusals.UnknownHostAsync(context);
        if (context.Request.Path.Value is { } path && path.StartsWith(GatewayFronts.PoolPath, StringComparison.Ordinal))
            return PoolReadiness.AnswerAsync(context, leaving ? null : route, path[GatewayFronts.PoolPath.Length..]);
        if (route.Options.Source.Tcp is not null)
            return Refusals.UnknownHostAsync(context);
        var limit = route.Options.Source.Limits.RequestBody.Octets;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = route.Options.SlowestClient;
        return context.Request.ContentLength > limit
            ? Refusals.TooLargeAsync(context, route) : ForwardAsync(context, route);
    }

    private async Task ForwardAsync(HttpContext context, Route route)
    {
        var begun = services.Time.GetTimestamp();
        var span = GatewayTracer.Request(context, route);
        try
        {
            var client = route.Tiers.Length < 2 ? null : services.Peers.ClientOf(context);
            var order = ClientOrder.For(route, client, services.Time.GetUtcNow());
            var request = new RoutedRequest(context, route, order, SessionOf(context.Request, route), span);
            if (route.Options.Http2 || YarpForwarder.IsUpgrade(context))
            {
                await _yarp.ForwardAsync(request);
            }
            else
            {
                await using var proxied = new ProxiedRequest(services, request);
                await proxied.RunAsync();
            }
        }
        finally
        {
            GatewayTracer.Done(span, context);
        }

        services.Observer.Meter.Done(route.Name, context.Request.Method, context.Response.StatusCode,
            services.Time.GetElapsedTime(begun));
    }

    // The host name of a request in canonical form, without its port.
    private static bool TryHost(HttpRequest request, out string host)
    {
        host = request.Host.Host;
        if (host.EndsWith('.'))
            host = host[..^1];
        foreach (var c in host)
        {
            if (char.IsAsciiLetterUpper(c))
            {
                host = host.ToLowerInvariant();
                break;
            }
        }

        return host.Length is > 0 and <= 253;
    }

    private static ulong SessionOf(HttpRequest request, Route route)
    {
        if (route.Options.Source.Affinity is not { } affinity
            || request.Headers[affinity.Header].ToString() is not { Length: > 0 } value)
            return 0;
        return Mixing.Mix(value) | 1;
    }
}
