using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>
/// How an endpoint's policy orders its pools for a client. One file for each; <see cref="PoolOrders"/> lists them.
/// </summary>
internal abstract class PoolOrder
{
    /// <summary>Whether the same client may get another order with its next query.</summary>
    public abstract bool ByChance { get; }

    /// <summary>
    /// Whether the order itself gives a pool that is coming back its share. Where it does not, the pool takes its turn
    /// with the probability of its share.
    /// </summary>
    public abstract bool IncludesRamp { get; }

    /// <summary>
    /// What it needs to know of clients, compiled once; null where the client's place does not count.
    /// </summary>
    public virtual OrderMap? Compile(OrderMaps maps, EndpointShape shape) => null;

    /// <summary>Selects the first of the pools that serve, while none of them is coming back.</summary>
    /// <param name="shape">The endpoint.</param>
    /// <param name="pools">Its pools; at least one serves.</param>
    public abstract Selector First(EndpointShape shape, ImmutableArray<PoolPlan> pools);

    /// <summary>Orders all pools, without regard to their state. Allocates nothing.</summary>
    /// <param name="plan">The endpoint.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="now">The time, for ramps.</param>
    /// <param name="order">Receives the indices of the pools, best first.</param>
    /// <param name="scope">The widest client prefix for which the order is the same.</param>
    public abstract void Order(EndpointPlan plan, in ClientView client, ulong draw, DateTimeOffset now,
        Span<int> order, out byte scope);

    /// <summary>One sentence that says why the pools stand in this order.</summary>
    public abstract string Explain(EndpointPlan plan, in ClientView client, Place? place,
        ImmutableArray<PoolExplanation> pools);

    protected static string NamesOf(ImmutableArray<PoolExplanation> pools) =>
        string.Join(", ", pools.Select(p => p.Name));

    /// <summary>Indices of the pools that serve, ascending.</summary>
    protected static IEnumerable<int> Serving(ImmutableArray<PoolPlan> pools) =>
        Enumerable.Range(0, pools.Length).Where(i => pools[i].Serves);
}
