using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Choosing;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Serving;
using Meridian.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// One request that YARP forwards, and its answer: sent to one address after the other until an answer begins that the
/// client gets, by the same rules as <see cref="Exchange"/>. A part of an answer is never put together from two.
/// </summary>
internal sealed class OpaqueExchange : IAsyncDisposable
{
    private readonly GatewayCore _core;
    private readonly IHttpForwarder _forwarder;
    private readonly HttpContext _context;
    private readonly Route _route;
    private readonly int[] _order;
    private readonly ulong _session;
    private readonly Activity? _span;
    private readonly RetryRules _rules;
    private readonly ReplayBody? _body;
    private readonly List<Upstream?> _tried = new(2);
    private readonly double _work;
    private readonly long _begun;

    public OpaqueExchange(GatewayCore core, IHttpForwarder forwarder, HttpContext context, Route route, int[] order,
        ulong session, Activity? span)
    {
        (_core, _forwarder, _context, _route, _order, _session, _span) = (core, forwarder, context, route, order,
            session, span);
        _begun = core.Time.GetTimestamp();
        _work = route.Record.WorkOf(route.Options.Source.Upstream, context.Request.ContentLength);
        _rules = new RetryRules(route, context.Request.Method);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is true
            && !OpaqueForwarder.IsNeeded(context))
            _body = new ReplayBody(context.Request.BodyReader,
                _rules.MayRepeat ? new Replay(route.Options.Source.Retry.Replay, core.Replays) : null);
    }

    public async Task RunAsync()
    {
        Failure? last = null;
        while (Choose() is { } choice)
        {
            _tried.Add(choice.Target.Upstream);
            using var span = GatewayTracer.Attempt(_span, _context.Request.Method, choice.Target, _tried.Count - 1);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_context.RequestAborted);
            var transformer = new OpaqueTransformer(_core, _route, choice.Target, _tried.Count, span, limit,
                MayTryAgain);
            var (error, passed) = await TryAsync(choice.Target, transformer, limit);
            if (error == ForwarderError.None && transformer.Refused is null)
            {
                _core.Observer.Served(_route, choice.Target, TimeSpan.Zero);
                return;
            }

            if (_context.RequestAborted.IsCancellationRequested || IsOfClient(error, limit))
                return;
            last = transformer.Refused
                ?? FailureOf(error, _context.Features.Get<IForwarderErrorFeature>()?.Exception, transformer.SawHead);
            if (transformer.Refused is null)
            {
                Judge(choice.Target, last, span, passed);
                if (transformer.SawHead || !MayTryAgain(last))
                    break;
            }

            _context.Response.Clear();
            _context.Features.Set<IForwarderErrorFeature>(null);
            _core.Observer.Failover(_route, choice.Target, last);
        }

        if (_context.Response.HasStarted)
            return;
        _context.Response.Clear();
        await (last is null ? Refusals.NothingServesAsync(_context, _route)
            : Refusals.AllFailedAsync(_context, _route, last, _tried.Count));
    }

    public ValueTask DisposeAsync() => _body?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Choice? Choose() => _tried.Count < _route.Options.Attempts
        ? Chooser.Choose(_route, _order, CollectionsMarshal.AsSpan(_tried), _session, Random.Shared)
        : null;

    private bool MayTryAgain(Failure failure) =>
        _core.Time.GetElapsedTime(_begun) < _route.Options.Source.Timeouts.FirstByte
        && _body is null or { CanReplay: true }
        && !_context.Response.HasStarted
        && _rules.MayTryAgain(failure)
        && Choose() is not null
        && (!failure.Arrived || _route.Record.Retries.TrySpend(_route.Options.Budget, RetryRules.AlwaysPerSecond));

    private async Task<(ForwarderError Error, TimeSpan Passed)> TryAsync(Target target, OpaqueTransformer transformer,
        CancellationTokenSource limit)
    {
        GatewayObserver.Attempt(_route, target);
        var started = _core.Time.GetTimestamp();
        transformer.Beside = target.Upstream.Begin(_work);
        try
        {
            // The time for an answer runs once the address has all of the request.
            if (_body is null)
                limit.CancelAfter(_route.Options.PerTry);
            else
                (_context.Request.Body, transformer.Answering) = (_body.Open(transformer.Sent), _body.ForgetAsync);
            var error = await _forwarder.SendAsync(_context, PrefixOf(_route), target.Upstream.Invoker,
                ConfigOf(_route), transformer, limit.Token);
            return (error, _core.Time.GetElapsedTime(started));
        }
        finally
        {
            target.Upstream.End(_work);
            if (_body is not null)
                await _body.CloseAsync();
        }
    }

    private void Judge(Target target, Failure failure, Activity? span, TimeSpan passed)
    {
        GatewayTracer.Failed(span, failure);
        if (failure.Phase == Phase.Connect)
            target.Upstream.Refused(passed);
        else
            target.Upstream.Failed(passed);
        _core.Observer.Evidence(target, failure);
    }

    // Where the connection goes is the invoker's; the authority is only what a URL has to have.
    private static string PrefixOf(Route route) =>
        route.Options.Source.Upstream.Scheme == Model.Resources.HttpScheme.Https
        ? "https://upstream/" : "http://upstream/";

    private static ForwarderRequestConfig ConfigOf(Route route) => new()
    {
        ActivityTimeout = route.Options.Source.Timeouts.Idle,
        Version = route.Options.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    // A forwarder that gives up reading the body because the address has failed takes that for the client's fault.
    private bool IsOfClient(ForwarderError error, CancellationTokenSource limit) => error switch
    {
        ForwarderError.RequestBodyClient => _body is null or { ClientFailed: true },
        ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient
            or ForwarderError.UpgradeResponseClient => true,
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled =>
            !limit.IsCancellationRequested && _body is null or { ClientFailed: true },
        ForwarderError.ResponseBodyCanceled or ForwarderError.UpgradeRequestCanceled
            or ForwarderError.UpgradeResponseCanceled => true,
        _ => false,
    };

    private static Failure FailureOf(ForwarderError error, Exception? exception, bool sawHead)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is UpstreamException { Kind: FailureKind.Connect } connect)
                return new Failure(FailureKind.Connect, Phase.Connect, connect.Message, false);
        }

        var kind = error is ForwarderError.RequestTimedOut or ForwarderError.UpgradeActivityTimeout
            or ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled
            ? FailureKind.Timeout : FailureKind.Reset;
        return new Failure(kind, sawHead ? Phase.Body : Phase.FirstByte,
            exception?.InnerException?.Message ?? exception?.Message ?? error.ToString(), true);
    }
}
