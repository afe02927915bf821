using System.Net;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Serving;
using Meridian.Model.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Meridian.Gateway.Yarp;

/// <summary>
/// One request that YARP forwards, and its answer: sent to one address after the other until an answer begins that the
/// client gets, by the same <see cref="Tries"/> as every request. No answer is put together from two.
/// </summary>
internal sealed class YarpRequest : IAsyncDisposable
{
    // YARP wants one; the transformer gives the URL.
    private const string Prefix = "http://upstream/";

    private readonly GatewayServices _services;
    private readonly IHttpForwarder _forwarder;
    private readonly RoutedRequest _request;
    private readonly HttpContext _context;
    private readonly Route _route;
    private readonly Tries _tries;
    private readonly ReplayBody? _body;
    private readonly double _work;

    public YarpRequest(GatewayServices services, IHttpForwarder forwarder, RoutedRequest request)
    {
        (_services, _forwarder, _request) = (services, forwarder, request);
        (_context, _route) = (request.Context, request.Route);
        _tries = request.Begin(services);
        _work = request.Work();
        if (_context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is true
            && !YarpForwarder.IsUpgrade(_context))
            _body = new ReplayBody(request.Reader(services.Time),
                new Replay(_route.Options.Source.Retry.Replay, services.Replays));
    }

    private bool CanSendAgain => _body is null or { CanReplay: true } && !_context.Response.HasStarted;

    public async Task RunAsync()
    {
        if (!RequestTarget.TryTake(_context.Request, out var wanted))
        {
            await Refusals.MalformedAsync(_context);
            return;
        }

        var url = UrlOf(_route, wanted);
        while (_tries.Next() is { } target)
        {
            using var span = _request.SpanOf(target, _tries);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_context.RequestAborted);
            var transformer = new YarpTransformer(_services, _request, target, _tries, span, limit)
            {
                Url = url,
                CanSendAgain = () => CanSendAgain,
            };
            var (error, passed) = await TryAsync(target, transformer, limit);

            // What went wrong with the rest of the body does not matter to an address that has answered without it.
            if (transformer.IsWhole || (error == ForwarderError.None && !transformer.IsRefused))
            {
                _services.Observer.Served(_route, target, TimeSpan.Zero);
                return;
            }

            if (IsOfClient(error, limit))
            {
                if (_body?.ClientFault is { } fault)
                    await Refusals.ClientFaultAsync(_context, _route, fault);
                return;
            }

            if (!transformer.IsRefused)
            {
                var exception = _context.Features.Get<IForwarderErrorFeature>()?.Exception;
                var failure = YarpFailure.Of(error, exception, transformer.SawHead);
                _tries.Failed(target, failure, passed, span);
                if (_context.Response.HasStarted)
                {
                    _services.Observer.Lost(_route, target, failure);
                    return;
                }

                _tries.MayTryAgain(target, failure, CanSendAgain && !transformer.SawHead);
            }

            _context.Response.Clear();
            _context.Features.Set<IForwarderErrorFeature>(null);
        }

        await Refusals.UnservedAsync(_context, _route, _tries);
    }

    public ValueTask DisposeAsync() => _body?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<(ForwarderError Error, TimeSpan Passed)> TryAsync(Target target, YarpTransformer transformer,
        CancellationTokenSource limit)
    {
        var started = _services.Time.GetTimestamp();
        transformer.Beside = target.Upstream.Begin(_work);
        try
        {
            // The time for an answer runs once the address has all of the request.
            if (_body is null)
                transformer.Sent();
            else
                (_context.Request.Body, transformer.Answering) = (_body.Open(transformer.Sent), _body.ForgetAsync);
            var error = await _forwarder.SendAsync(_context, Prefix,
                target.Upstream.InvokerFor(_route.Options.Source.Timeouts.Connect), ConfigOf(_route), transformer,
                limit.Token);
            return (error, _services.Time.GetElapsedTime(started));
        }
        finally
        {
            target.Upstream.End(_work);
            if (_body is not null)
                await _body.CloseAsync();
        }
    }

    // The invoker decides where the connection goes; the authority is only what a URL has to have. There is no URL for
    // the server itself (`*`): it becomes the root.
    private static Uri UrlOf(Route route, string target) => new(
        (route.Options.Source.Upstream.Scheme == HttpScheme.Https ? "https://upstream" : "http://upstream")
            + (target == "*" ? "/" : target),
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    // YARP does not tell a silent client from a silent address. The client's silence is noticed first.
    private static ForwarderRequestConfig ConfigOf(Route route) => new()
    {
        ActivityTimeout = route.Options.Source.Timeouts.Idle + TimeSpan.FromSeconds(1),
        Version = route.Options.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    // YARP itself aborts a request whose answer breaks off, so that an aborted request does not mean in each case that
    // the client is gone. When YARP stops reading the body because the address has failed, it takes that for the
    // client's fault.
    private bool IsOfClient(ForwarderError error, CancellationTokenSource limit) => error switch
    {
        ForwarderError.ResponseBodyDestination or ForwarderError.UpgradeRequestDestination
            or ForwarderError.UpgradeResponseDestination => false,
        _ when _context.RequestAborted.IsCancellationRequested => true,
        ForwarderError.RequestBodyClient => _body is null or { ClientFault: not null },
        ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient
            or ForwarderError.UpgradeResponseClient => true,
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled =>
            !limit.IsCancellationRequested && _body is null or { ClientFault: not null },
        ForwarderError.ResponseBodyCanceled or ForwarderError.UpgradeRequestCanceled
            or ForwarderError.UpgradeResponseCanceled => true,
        _ => false,
    };
}
