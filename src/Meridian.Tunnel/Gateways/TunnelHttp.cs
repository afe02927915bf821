using System.Net;
using Meridian.Addresses;
using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// HTTP/1.1 on connections that do not agree on <c>rh2</c>: certificates, measuring, and the ways to turn a connection
/// around that pass through proxies.
/// </summary>
internal sealed class TunnelHttp : IAsyncDisposable
{
    private readonly EnrollmentEndpoints _enrollment;
    private readonly ReverseEndpoint _reverse;
    private readonly AdmittanceEndpoint _admittance;
    private readonly LineMeasure _measure;
    private readonly StreamListener _listener = new();
    private readonly WebApplication _app;

    public TunnelHttp(EnrollmentEndpoints enrollment, ReverseEndpoint reverse, AdmittanceEndpoint admittance,
        LineMeasure measure)
    {
        (_enrollment, _reverse, _admittance, _measure) = (enrollment, reverse, admittance, measure);
        _app = StreamHost.Build(_listener, HttpProtocols.Http1, limits =>
        {
            limits.MaxRequestBodySize = TunnelTokens.MaxRequest;
            limits.MaxConcurrentUpgradedConnections = null;
        });
        _app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        _app.Run(AnswerAsync);
    }

    public Task StartAsync() => _app.StartAsync();

    /// <summary>Serves a connection. It goes on when this returns.</summary>
    /// <returns>The connection; null where the server has stopped.</returns>
    public StreamConnection? Serve(Stream stream, ConnectionIdentity identity, EndPoint? remote, ConnectionPlace place)
    {
        var connection = new StreamConnection(stream, remote);
        connection.Features.Set(identity);
        connection.Features.Set(place);
        return _listener.Serve(connection) ? connection : null;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var isPost = HttpMethods.IsPost(context.Request.Method);
        return context.Request.Path.Value switch
        {
            TunnelTokens.AuthorityPath when HttpMethods.IsGet(context.Request.Method) =>
                _enrollment.AuthorityAsync(context),
            TunnelTokens.EnrollPath when isPost => _enrollment.EnrollAsync(context),
            TunnelTokens.TokenPath when isPost => _enrollment.RecognizeAsync(context),
            TunnelTokens.RenewPath when isPost => _enrollment.RenewAsync(context),
            TunnelTokens.AdmittancePath when isPost => ForAgentAsync(context, _admittance.AnswerAsync),
            TunnelTokens.MeasurePath => ForAgentAsync(context, _measure.AnswerAsync),
            TunnelTokens.ReversePath => ForAgentAsync(context, _reverse.AnswerAsync),
            _ => PlainText.WriteAsync(context.Response, StatusCodes.Status404NotFound, "nothing is here"),
        };
    }

    private static Task ForAgentAsync(HttpContext context, RequestDelegate answer)
    {
        var decision = Admittance.OfConnection(context.Features.GetRequiredFeature<ConnectionIdentity>());
        return decision.IsAdmitted ? answer(context)
            : PlainText.WriteAsync(context.Response, StatusCodes.Status401Unauthorized, decision.Text);
    }
}
