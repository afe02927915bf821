using System.Diagnostics;
using Meridian.Gateway.Choosing;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Upstreams;

namespace Meridian.Gateway.Retries;

/// <summary>
/// The tries of one request: which addresses have had it, which one gets it next, and whether another one may. The same
/// for HTTP/1.1, for what YARP forwards and for TCP connections. It does no I/O; its clock and its source of chance are
/// given.
/// </summary>
internal sealed class Tries
{
    /// <summary>The least that an address gets for its answer once the time of all tries is nearly over.</summary>
    private static readonly TimeSpan ShortestTry = TimeSpan.FromMilliseconds(1);

    private readonly Route _route;
    private readonly int[] _order;
    private readonly ulong _session;
    private readonly RetryRules _rules;
    private readonly GatewayObserver _observer;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Upstream?[] _tried;
    private readonly long _begun;
    private Target? _next;
    private bool _resumes;

    /// <param name="route">The endpoint.</param>
    /// <param name="order">Its pools, the best for the client first.</param>
    /// <param name="session">Hash of the session; 0 for none.</param>
    /// <param name="method">Method of the request; empty for a TCP connection.</param>
    /// <param name="observer">Told of each try and of what becomes of it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of chance; the shared one where left out.</param>
    public Tries(Route route, int[] order, ulong session, string method, GatewayObserver observer, TimeProvider time,
        Random? random = null)
    {
        (_route, _order, _session, _observer, _time) = (route, order, session, observer, time);
        _random = random ?? Random.Shared;
        _rules = new RetryRules(route.Options, method);
        _tried = new Upstream?[route.Options.Attempts];
        _begun = time.GetTimestamp();
        route.Record.Retries.Count();
        if (route.Options.HedgeShare > 0)
            route.Record.Hedges.Count();
    }

    /// <summary>Addresses that have had the request.</summary>
    public int Count { get; private set; }

    /// <summary>The failure of the last try that was not served; null before the first.</summary>
    public Failure? Last { get; private set; }

    /// <summary>Time since the request came.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_begun);

    /// <summary>Whether the request may reach two addresses.</summary>
    public bool MayRepeat => _rules.MayRepeat;

    /// <summary>
    /// How long the try that begins now has until the first octet of its answer, once the address has the request: the
    /// limit of one try, within that of all tries together. An answer that is resumed has begun in time, so that only
    /// the former counts.
    /// </summary>
    public TimeSpan TimeToAnswer
    {
        get
        {
            var perTry = _rules.RepeatsSlow || _route.Options.Source.Retry.PerTryTimeout is not null
                ? _route.Options.PerTry : _route.Options.FirstByte;
            if (_resumes)
                return perTry;
            var left = _route.Options.FirstByte - Elapsed;
            var shorter = perTry < left ? perTry : left;
            return shorter > ShortestTry ? shorter : ShortestTry;
        }
    }

    /// <summary>
    /// The address that gets the request now: the first one, or the one that was granted after a failure. Null where
    /// none is to get it.
    /// </summary>
    public Target? Next()
    {
        var next = Count == 0 ? Choose() : _next;
        _next = null;
        return next is null ? null : Begin(next);
    }

    /// <summary>
    /// A second address beside a slow one; null where there is none, or the share of hedges is used up.
    /// </summary>
    public Target? NextBeside()
    {
        var hedges = _route.Record.Hedges;
        return Count < _tried.Length && Choose() is { } target
            && hedges.TrySpend(_route.Options.HedgeShare, always: 0) ? Begin(target) : null;
    }

    /// <summary>
    /// Whether another address is asked after a failure; <see cref="Next"/> gives it then. An address to go to must
    /// exist before an answer is dropped, because the last answer is the client's when nothing better can be had.
    /// </summary>
    /// <param name="target">The address that failed.</param>
    /// <param name="failure">How it failed.</param>
    /// <param name="canSendAgain">Whether all of the request can be sent once more, and the client has nothing of an
    /// answer.</param>
    public bool MayTryAgain(Target target, Failure failure, bool canSendAgain)
    {
        Last = failure;
        if (!canSendAgain || Elapsed >= _route.Options.FirstByte || !_rules.MayTryAgain(failure)
            || !TryGrant(spends: failure.Arrived))
            return false;
        _observer.Failover(_route, target, failure);
        return true;
    }

    /// <summary>
    /// Whether an answer that broke off may be continued from another address; <see cref="Next"/> gives it then.
    /// </summary>
    /// <param name="canSendAgain">Whether all of the request can be sent once more.</param>
    public bool MayResume(bool canSendAgain)
    {
        if (!canSendAgain || !_rules.MayRepeat || !TryGrant(spends: true))
            return false;
        return _resumes = true;
    }

    /// <summary>Records that an address has begun to answer.</summary>
    /// <param name="target">The address.</param>
    /// <param name="answer">What the head of its answer says.</param>
    /// <param name="span">The span of the try; null where nobody traces.</param>
    public void Answered(Target target, in AnswerBegun answer, Activity? span)
    {
        GatewayTracer.Answered(span, answer.Status);
        target.Upstream.Judge(answer, _route.Options.SaysFull(answer.Status, answer.RetryAfter is not null));
        _observer.Meter.Began(_route.Name, target.Site, answer.FirstByte);
        if (answer.Status < 500)
            _route.Record.FirstByte.Add(answer.FirstByte);
    }

    /// <summary>Records that an address has failed the request: it is judged, and health is told.</summary>
    /// <param name="target">The address.</param>
    /// <param name="failure">How it failed.</param>
    /// <param name="after">Time since the try began.</param>
    /// <param name="span">The span of the try; null where nobody traces.</param>
    public void Failed(Target target, Failure failure, TimeSpan after, Activity? span)
    {
        GatewayTracer.Failed(span, failure);
        if (failure.Phase == FailurePhase.Connect)
            target.Upstream.Refused(after);
        else
            target.Upstream.Failed(after);
        _observer.Evidence(target, failure);
    }

    private bool TryGrant(bool spends)
    {
        if (Count >= _tried.Length || Choose() is not { } next || (spends
            && !_route.Record.Retries.TrySpend(_route.Options.Budget, RetryRules.AlwaysPerSecond)))
            return false;
        _next = next;
        return true;
    }

    private Target Begin(Target target)
    {
        _tried[Count++] = target.Upstream;
        GatewayObserver.Attempt(_route, target);
        return target;
    }

    private Target? Choose() => TargetChooser.Choose(_route, _order, _tried.AsSpan(0, Count), _session, _random);
}
