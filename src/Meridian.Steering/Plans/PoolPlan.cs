using System.Collections.Immutable;
using Meridian.Model.Loads;
using Meridian.Model.Verdicts;
using Meridian.Steering.Loads;
using Meridian.Steering.Picking;

namespace Meridian.Steering.Plans;

/// <summary>A pool with its verdicts, ready to be chosen from.</summary>
public sealed class PoolPlan
{
    internal PoolPlan(PoolShape shape, ImmutableArray<AddressPlan> addresses, PoolState state, DateTimeOffset since,
        DateTimeOffset? recoveredAt, WeightMemory? byLoad = null)
    {
        Shape = shape;
        Addresses = addresses;
        State = state;
        Since = since;
        RecoveredAt = recoveredAt;
        Memory = byLoad;
        Weight = byLoad is null || shape.Member.Weight == 0 ? shape.Member.Weight : byLoad.Current.Published;
        V4 = CandidatesOf(a => a.Bytes.Length == 4);
        V6 = CandidatesOf(a => a.Bytes.Length == 16);
        Names = CandidatesOf(a => a.Ip is null);
        HasNames = !Names.IsEmpty;
    }

    public PoolShape Shape { get; }

    /// <summary>Its weight in the endpoint: that of the resource, or by its load.</summary>
    public int Weight { get; }

    /// <summary>What its load makes of its weight; null where the weight is that of the resource.</summary>
    public PoolWeight? ByLoad => Memory?.Current;

    /// <summary>What the weight law remembers of it, which moves while the plan stays.</summary>
    internal WeightMemory? Memory { get; }

    /// <summary>How its policy picks addresses.</summary>
    internal AddressPicker Picker => AddressPickers.Of(Shape.Pool.Policy);

    /// <summary>Whether it answers with a host name.</summary>
    internal bool HasNames { get; }

    public ImmutableArray<AddressPlan> Addresses { get; }

    public PoolState State { get; }

    /// <summary>When it got into its state.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>When it came back from an outage; null if it has not been down.</summary>
    public DateTimeOffset? RecoveredAt { get; }

    public bool Serves => State is PoolState.Up or PoolState.Guarded;

    /// <summary>The IPv4 addresses that may be answered.</summary>
    public Candidates V4 { get; }

    /// <summary>The IPv6 addresses that may be answered.</summary>
    public Candidates V6 { get; }

    /// <summary>The host names that may be answered.</summary>
    public Candidates Names { get; }

    public int UpCount => Addresses.Count(a => a.IsUp);

    /// <summary>Something is in doubt, so that the state might change soon.</summary>
    public bool InDoubt => State == PoolState.Unknown || Addresses.Any(a =>
        a.Override is null && (a.Verdict.Suspected || a.Verdict.Remembered || a.Verdict.State == VerdictState.Unknown));

    /// <summary>What the figures of an address are filed under.</summary>
    public LoadKey KeyOf(AddressPlan address) => new(Shape.Pool.Name, address.Shape.Value, address.Shape.Source.Port);

    /// <summary>
    /// Requests that an address can do at a time, as declared or learned; null where that is not known.
    /// </summary>
    public double? CapacityOf(AddressPlan address, ILoads? loads) =>
        address.Shape.Source.Capacity ?? Shape.Signal?.Capacity ?? loads?.LearnedCapacity(KeyOf(address));

    /// <summary>The addresses that may be answered to a kind of question; null for a host name alone.</summary>
    internal Candidates? Of(AddressKind kind) => kind switch
    {
        AddressKind.V4 => V4,
        AddressKind.V6 => V6,
        AddressKind.Name => null,
    };

    /// <summary>
    /// The pool one tick of the weight law later: itself, which remembers the new weight, unless another weight is
    /// published.
    /// </summary>
    internal PoolPlan With(PoolWeight byLoad)
    {
        if (Memory is not { } memory)
            return WithNew(byLoad);
        var same = byLoad.Published == memory.Current.Published;
        memory.Current = byLoad;
        return same ? this : new PoolPlan(Shape, Addresses, State, Since, RecoveredAt, memory);
    }

    /// <summary>The pool with a weight by its load and a memory of its own.</summary>
    internal PoolPlan WithNew(PoolWeight byLoad) =>
        new(Shape, Addresses, State, Since, RecoveredAt, new WeightMemory(byLoad));

    /// <summary>Share of its full part in the answers, from 0.1 just after an outage to 1.</summary>
    public double Share(DateTimeOffset now, TimeSpan ramp)
    {
        if (RecoveredAt is not { } start || ramp <= TimeSpan.Zero)
            return 1;
        return Math.Clamp(0.1 + (0.9 * ((now - start) / ramp)), 0.1, 1);
    }

    private Candidates CandidatesOf(Func<AddressShape, bool> kind) => new(Shape, Picker,
        [.. Enumerable.Range(0, Addresses.Length).Where(i => MayServe(Addresses[i]) && kind(Addresses[i].Shape))]);

    // A guarded pool has nothing that is up: what no person took out has to serve.
    private bool MayServe(AddressPlan address) =>
        address.IsUp || (State == PoolState.Guarded && address.Override is null);
}
