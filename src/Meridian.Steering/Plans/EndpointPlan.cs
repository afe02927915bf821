using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Steering.Ordering;

namespace Meridian.Steering.Plans;

/// <summary>An endpoint with its verdicts: everything that a choice needs, immutable.</summary>
public sealed partial class EndpointPlan
{
    private readonly PoolOrder _order;
    private readonly int _maxAnswers;
    private readonly bool _inDoubt;
    private readonly DateTimeOffset _rampedUp;
    private readonly TimeSpan? _ttlLimit;
    private readonly TimeSpan _minTtl;
    private readonly TimeSpan _maxTtl;

    // From when on the TTL stays what it is.
    private readonly long _steadyFrom;
    private readonly uint _steadyTtl;

    internal EndpointPlan(EndpointShape shape,
        ImmutableArray<PoolPlan> pools, DateTimeOffset changedAt, ImmutableArray<Pick> lastGood, EndpointPlan? behind)
    {
        Shape = shape;
        Pools = pools;
        ChangedAt = changedAt;
        LastGood = lastGood;
        Behind = behind;
        AnyServes = pools.Any(p => p.Serves);
        HasWeights = pools.Any(p => p.Serves && p.Weight > 0);
        _rampedUp = RampedUp();
        _calmFrom = CalmFrom();
        _maxAnswers = shape.Endpoint.MaxAnswers;
        _order = PoolOrders.Of(shape.Endpoint.Policy);
        _first = AnyServes ? _order.First(shape, pools) : default;
        _inDoubt = !AnyServes || pools.Any(p => p.InDoubt || p.State == PoolState.Guarded);
        _ttlLimit = pools.SelectMany(p => p.Addresses).Where(a => a.Override is null).Min(a => a.Verdict.TtlLimit);
        _maxTtl = Shorter(_ttlLimit ?? shape.Endpoint.Ttl, shape.Endpoint.Ttl);
        _minTtl = Shorter(shape.Endpoint.EffectiveMinTtl, _maxTtl);
        _runsV4 = AddressRuns.Of(pools, p => p.V4, _maxAnswers);
        _runsV6 = AddressRuns.Of(pools, p => p.V6, _maxAnswers);
        _steadyFrom = _inDoubt ? 0 : Math.Max((changedAt + _maxTtl).UtcTicks, _rampedUp.UtcTicks);
        _steadyTtl = Seconds(Ttl(DateTimeOffset.MaxValue));
        MaxTtlSeconds = Seconds(_maxTtl);
    }

    public EndpointShape Shape { get; }

    public GlobalEndpoint Endpoint => Shape.Endpoint;

    /// <summary>The pools in the order of the resource.</summary>
    public ImmutableArray<PoolPlan> Pools { get; }

    /// <summary>When the set of addresses that may be answered last changed.</summary>
    public DateTimeOffset ChangedAt { get; }

    /// <summary>The addresses that were up when any last was.</summary>
    public ImmutableArray<Pick> LastGood { get; }

    /// <summary>The pools that the endpoint's gateway forwards to, where they are not its own.</summary>
    public EndpointPlan? Behind { get; }

    /// <summary>
    /// What the gateway forwards to: the pools behind it, or the endpoint's own; null where no gateway serves it.
    /// </summary>
    public EndpointPlan? Forwards => Endpoint.Gateway is null ? null : Behind ?? this;

    /// <summary>Its own pools, and those behind its gateway.</summary>
    public IEnumerable<PoolPlan> AllPools =>
        Behind is null ? Pools : Pools.Concat(Behind.Pools).DistinctBy(p => p.Shape.Pool.Name);

    /// <summary>Whether any pool serves.</summary>
    public bool AnyServes { get; }

    /// <summary>Whether it is known if any pool serves: of a pool that is not probed yet nothing is.</summary>
    public bool IsJudged => AnyServes || Pools.All(p => p.State != PoolState.Unknown);

    /// <summary>Whether a pool with a weight above 0 serves, so that those with weight 0 rest.</summary>
    internal bool HasWeights { get; }

    /// <summary>How its policy orders the pools.</summary>
    internal PoolOrder PoolOrder => _order;

    /// <summary>
    /// Time to live: <c>minTtl</c> while the answer might change soon, otherwise the time that it has not changed,
    /// never above <c>ttl</c>.
    /// </summary>
    public TimeSpan Ttl(DateTimeOffset now) => _inDoubt || IsRamping(now)
        ? _minTtl
        : TimeSpan.FromTicks(Math.Clamp((now - ChangedAt).Ticks, _minTtl.Ticks, _maxTtl.Ticks));

    /// <summary><see cref="Ttl"/> in whole seconds.</summary>
    public uint TtlSeconds(DateTimeOffset now) => now.UtcTicks >= _steadyFrom ? _steadyTtl : Seconds(Ttl(now));

    /// <summary>The most that <see cref="TtlSeconds"/> is with these verdicts.</summary>
    public uint MaxTtlSeconds { get; }

    /// <summary>Why the TTL is what it is, for people.</summary>
    public string TtlReason(DateTimeOffset now)
    {
        if (!AnyServes)
            return "no pool is up: minTtl";
        if (Pools.Any(p => p.State == PoolState.Guarded))
            return "the guard holds a pool: minTtl";
        if (_inDoubt)
            return "a verdict is in doubt: minTtl";
        if (IsRamping(now))
            return "a pool is coming back: minTtl";
        if (_ttlLimit is { } limit && limit < Endpoint.Ttl)
            return "limited by an external feed";
        return now - ChangedAt >= Endpoint.Ttl ? "calm: ttl" : "calm for less than ttl: the time since the last change";
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) =>
        TimeSpan.FromTicks(Math.Min(one.Ticks, other.Ticks));

    private static uint Seconds(TimeSpan ttl) => (uint)(ttl.Ticks / TimeSpan.TicksPerSecond);

    private bool IsRamping(DateTimeOffset now) => now < _rampedUp;
}
