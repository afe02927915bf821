using System.Collections.Immutable;

namespace Meridian.State.Shared;

/// <summary>Writes that are done together or not at all.</summary>
/// <param name="Writes">The writes, <see cref="MaxWrites"/> at most; no key twice.</param>
public sealed record SharedTransaction(ImmutableArray<SharedWrite> Writes)
{
    /// <summary>What stores take in one transaction with room for conditions (etcd: 128 operations in all).</summary>
    public const int MaxWrites = 64;

    /// <summary>What must all be so for the writes to be done.</summary>
    public ImmutableArray<SharedCondition> Conditions { get; init; } = [];
}
