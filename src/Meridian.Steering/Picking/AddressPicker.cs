using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Steering.Ordering;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Picking;

/// <summary>
/// How a pool's policy picks among its addresses: an answer is a run of them, which begins anew at the end. One file
/// for each; <see cref="AddressPickers"/> lists them.
/// </summary>
internal abstract class AddressPicker
{
    /// <summary>Whether the same client may get another answer to its next query.</summary>
    public abstract bool ByChance { get; }

    /// <summary>Whether an answer holds all addresses, up to <c>maxAnswers</c>; otherwise it holds one.</summary>
    public abstract bool AnswersAll { get; }

    /// <summary>
    /// What it needs to know of clients, compiled once; null where the client's place does not count.
    /// </summary>
    /// <param name="maps">Compiles.</param>
    /// <param name="sites">The sites of the addresses.</param>
    public virtual OrderMap? Compile(OrderMaps maps, ImmutableArray<Site?> sites) => null;

    /// <summary>Selects the address that an answer begins with.</summary>
    /// <param name="shape">The pool.</param>
    /// <param name="candidates">Indices of the addresses that may be picked, ascending; not empty. What is selected is
    /// a position in them.</param>
    public abstract Selector First(PoolShape shape, ImmutableArray<int> candidates);
}
