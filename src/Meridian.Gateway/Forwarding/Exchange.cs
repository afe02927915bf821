using System.Buffers;
using System.Diagnostics;
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

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// One request of a client and its answer: sent to one address after the other until an answer begins, then relayed.
/// The loop decides with <see cref="RetryRules"/>; <see cref="Attempt"/> does.
/// </summary>
internal sealed partial class Exchange : IAsyncDisposable
{
    /// <summary>A body of more octets than this goes through a tunnel beside the streams of tokens.</summary>
    private const long BulkSize = 1 << 20;

    private readonly GatewayCore _core;
    private readonly HttpContext _context;
    private readonly Route _route;
    private readonly int[] _order;
    private readonly ulong _session;
    private readonly Activity? _span;
    private readonly RequestBody? _body;
    private readonly RetryRules _rules;
    private readonly ArrayBufferWriter<byte> _head = new(1024);
    private readonly List<Upstream?> _tried = new(2);
    private readonly long _begun;
    private readonly double _work;

    public Exchange(GatewayCore core, HttpContext context, Route route, int[] order, ulong session, Activity? span)
    {
        (_core, _context, _route, _order, _session, _span) = (core, context, route, order, session, span);
        _begun = core.Time.GetTimestamp();
        _work = route.Record.WorkOf(route.Options.Source.Upstream, context.Request.ContentLength);
        _rules = new RetryRules(route, context.Request.Method);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? context.Request.ContentLength > 0)
            _body = new RequestBody(context.Request.BodyReader,
                _rules.MayRepeat ? new Replay(route.Options.Source.Retry.Replay, core.Replays) : null);
    }

    private TimeSpan Elapsed => _core.Time.GetElapsedTime(_begun);

    public async Task RunAsync()
    {
        _route.Record.Retries.Count();
        if (_route.Options.HedgeShare > 0)
            _route.Record.Hedges.Count();
        var upstream = _route.Options.Source.Upstream;
        var host = upstream.HostHeader == Model.Resources.GatewayUpstream.Preserve
            ? _context.Request.Host.Value ?? "" : upstream.HostHeader;
        if (!RequestWriter.TryWrite(_head, _context.Request, host, _core.ForwardedOf(_context), _body is not null,
            _route.AsksForReports, _span is not null))
        {
            await Refusals.MalformedAsync(_context);
            return;
        }

        Failure? last = null;
        while (Choose() is { } choice)
        {
            _tried.Add(choice.Target.Upstream);
            var attempt = await TryAsync(choice.Target);
            await using (attempt)
            {
                if (attempt.ClientGone)
                    return;
                if (attempt.ClientFault is { } fault)
                {
                    await Refusals.ClientFaultAsync(_context, fault);
                    return;
                }

                var retried = attempt.Head is null || _route.Options.RetriedStatuses.Contains(attempt.Head.Status);
                if (retried)
                    await attempt.StopSendingAsync();
                Judge(attempt);
                if (attempt.Head is { } head)
                {
                    if (!retried || !MayTryAgain(last = new Failure(FailureKind.Status, Phase.FirstByte,
                        $"http: {head.Status}", true)))
                    {
                        await RelayAsync(attempt, head);
                        return;
                    }
                }
                else
                {
                    last = attempt.Failure!;
                    if (!MayTryAgain(last))
                        break;
                }

                _core.Observer.Failover(_route, choice.Target, last);
            }
        }

        await RefuseAsync(last);
    }

    public async ValueTask DisposeAsync()
    {
        if (_body is not null)
            await _body.DisposeAsync();
    }

    private Choice? Choose() =>
        Chooser.Choose(_route, _order, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tried), _session,
            Random.Shared);

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
        var span = GatewayTracer.Attempt(_span, _context.Request.Method, target, _tried.Count - 1);
        var attempt = new Attempt(target, _route.Options, _body, _work, _core.Time, _context.RequestAborted)
        {
            Span = span,
            Bulk = target.Upstream.Key.Tunnel is not null && _context.Request.ContentLength > BulkSize,
        };
        var left = _route.Options.Source.Timeouts.FirstByte - Elapsed;
        var perTry = _route.Options.PerTry < left ? _route.Options.PerTry : left;
        GatewayObserver.Attempt(_route, target);
        return (attempt, attempt.OpenAsync(span is null
            ? _head.WrittenMemory : RequestWriter.WithParent(_head.WrittenSpan, GatewayTracer.ParentOf(span)),
            _body is not null && _context.Request.ContentLength is null,
            HttpMethods.IsHead(_context.Request.Method), !_rules.MayRepeat, perTry > TimeSpan.Zero
            ? perTry : TimeSpan.FromMilliseconds(1)));
    }

    // The last answer is the client's when nothing better can be had: an address to go to must exist before it is
    // dropped.
    private bool MayTryAgain(Failure failure) =>
        _tried.Count < _route.Options.Attempts
        && Elapsed < _route.Options.Source.Timeouts.FirstByte
        && (_body is null || _body.CanReplay)
        && !_context.Response.HasStarted
        && _rules.MayTryAgain(failure)
        && Choose() is not null
        && (!failure.Arrived || _route.Record.Retries.TrySpend(_route.Options.Budget, RetryRules.AlwaysPerSecond));

    // Once for each attempt: of two beside each other the one that failed first is judged while the other goes on.
    private void Judge(Attempt attempt)
    {
        if (attempt.Judged)
            return;
        attempt.Judged = true;
        if (attempt.Head is { } head)
            Judge(attempt, head);
        else if (attempt.Failure is { } failure)
            Judge(attempt, failure);
    }

    private void Judge(Attempt attempt, ResponseHead head)
    {
        var upstream = attempt.Target.Upstream;
        GatewayTracer.Answered(attempt.Span, head.Status);
        foreach (var (name, value) in head.Fields)
        {
            if (LoadReport.IsReport(name))
                _core.Reported(attempt.Target, name, value);
        }

        upstream.Judge(head.Status, head["Retry-After"], attempt.FirstByte, attempt.Beside);
        _core.Observer.Meter.Began(_route.Name, attempt.Target.Site, attempt.FirstByte);
        if (head.Status < 500)
            _route.Record.FirstByte.Add(attempt.FirstByte);
    }

    private void Judge(Attempt attempt, Failure failure)
    {
        GatewayTracer.Failed(attempt.Span, failure);
        if (failure.Phase == Phase.Connect)
            attempt.Target.Upstream.Refused(attempt.FirstByte);
        else
            attempt.Target.Upstream.Failed(attempt.FirstByte);
        _core.Observer.Evidence(attempt.Target, failure);
    }

    private Task RefuseAsync(Failure? last)
    {
        if (_context.Response.HasStarted)
        {
            _context.Abort();
            return Task.CompletedTask;
        }

        return last is null ? Refusals.NothingServesAsync(_context, _route)
            : Refusals.AllFailedAsync(_context, _route, last, _tried.Count);
    }
}
