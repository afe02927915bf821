using System.Buffers;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Serving;
using Meridian.Gateway.Upstreams;
using Meridian.Load.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// One request of a client that goes to its address over HTTP/1.1, and its answer: sent to one address after the other
/// until an answer begins, then relayed. <see cref="Tries"/> decides; an <see cref="Attempt"/> does the work at one
/// address.
/// </summary>
internal sealed partial class ProxiedRequest : IInterimReceiver, IAsyncDisposable
{
    /// <summary>A body of more octets than this goes through a tunnel beside the streams of tokens.</summary>
    private const long BulkSize = 1 << 20;

    private readonly GatewayServices _services;
    private readonly RoutedRequest _request;
    private readonly HttpContext _context;
    private readonly Route _route;
    private readonly Tries _tries;
    private readonly RequestBody? _body;
    private readonly ArrayBufferWriter<byte> _head = new(1024);
    private readonly double _work;
    private SentDigest? _digest;
    private EventTail? _events;
    private long _sent;

    public ProxiedRequest(GatewayServices services, RoutedRequest request)
    {
        (_services, _request, _context, _route) = (services, request, request.Context, request.Route);
        _tries = request.Begin(services);
        _work = request.Work();
        if (_context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody
            ?? _context.Request.ContentLength > 0)
            _body = new RequestBody(request.Reader(services.Time),
                _tries.MayRepeat ? new Replay(_route.Options.Source.Retry.Replay, services.Replays) : null);
    }

    /// <summary>Whether the body can be sent from its beginning.</summary>
    private bool CanSendAgain => _body is null or { CanReplay: true };

    public async Task RunAsync()
    {
        if (!RequestWriter.TryWrite(_head, _context.Request, _request.Host(), _services.Peers.FieldsOf(_context),
            _body is not null, _route.AsksForReports, _request.Span is not null))
        {
            await Refusals.MalformedAsync(_context);
            return;
        }

        while (_tries.Next() is { } target)
        {
            await using var attempt = await TryAsync(target);
            if (attempt.ClientGone)
                return;
            if (attempt.ClientFault is { } fault)
            {
                await Refusals.ClientFaultAsync(_context, _route, fault);
                return;
            }

            var failure = FailureOf(attempt);
            if (failure is not null)
                await attempt.StopSendingAsync();
            Report(attempt);
            if (failure is not null
                && _tries.MayTryAgain(attempt.Target, failure, CanSendAgain && !_context.Response.HasStarted))
                continue;
            if (attempt.Head is { } head)
            {
                await RelayAsync(attempt, head);
                return;
            }
        }

        await Refusals.UnservedAsync(_context, _route, _tries);
    }

    public async ValueTask DisposeAsync()
    {
        _events?.Dispose();
        _digest?.Dispose();
        if (_body is not null)
            await _body.DisposeAsync();
    }

    private async ValueTask<Attempt> TryAsync(Target target)
    {
        var (attempt, opening) = Begin(target);
        if (opening.IsCompleted || HedgeAfter() is not { } after)
        {
            await opening;
            return attempt;
        }

        return await HedgeAsync(attempt, opening, after);
    }

    private (Attempt Attempt, Task<bool> Opening) Begin(Target target)
    {
        var span = _request.SpanOf(target, _tries);
        var attempt = new Attempt(target, _route.Options, _body, _work, _services.Time, _context.RequestAborted)
        {
            Span = span,
            Interim = this,
            ExpectsContinue = _body is not null && RequestWriter.ExpectsContinue(_context.Request),
            Bulk = target.Upstream.Key.Tunnel is not null && _context.Request.ContentLength > BulkSize,
        };
        var head = span is null
            ? _head.WrittenMemory : RequestWriter.WithParent(_head.WrittenSpan, GatewayTracer.ParentOf(span));
        var chunked = _body is not null && _context.Request.ContentLength is null;
        var bodiless = HttpMethods.IsHead(_context.Request.Method);
        return (attempt, attempt.OpenAsync(head, chunked, bodiless, fresh: !_tries.MayRepeat, _tries.TimeToAnswer));
    }

    // Why an attempt has not served the request, or why another one may serve it better; null where it has.
    private Failure? FailureOf(Attempt attempt) =>
        attempt.Head is not { Status: var status } ? attempt.Failure
        : _route.Options.RetriedStatuses.Contains(status) ? Failure.OfStatus(status) : null;

    // Once for each attempt: of two beside each other, the one that fails first is judged while the other goes on.
    private void Report(Attempt attempt)
    {
        if (attempt.Reported)
            return;
        attempt.Reported = true;
        if (attempt.Failure is { } failure)
            _tries.Failed(attempt.Target, failure, attempt.FirstByte, attempt.Span);
        if (attempt.Head is not { } head)
            return;
        foreach (var (name, value) in head.Fields)
        {
            if (LoadReport.IsReport(name))
                _services.Reports.Receive(attempt.Target, name, value);
        }

        var answer = new AnswerBegun(head.Status, head["Retry-After"], attempt.FirstByte, attempt.Beside);
        _tries.Answered(attempt.Target, answer, attempt.Span);
    }
}
