using System.Collections.Immutable;

namespace Meridian.Steering.Plans;

/// <summary>The addresses of a pool that may be answered to one kind of question.</summary>
public sealed class Candidates
{
    private readonly AliasTable? _drawn;

    internal Candidates(ImmutableArray<int> indices, Func<int, int> weightOf)
    {
        Indices = indices;
        _drawn = AliasTable.Of(indices.Select(i => (i, (double)weightOf(i))));
    }

    /// <summary>Indices into the pool's addresses, ascending.</summary>
    public ImmutableArray<int> Indices { get; }

    public bool IsEmpty => Indices.IsEmpty;

    /// <summary>One of them by weight; those of weight 0 only when there is nothing else.</summary>
    internal int Draw(ulong draw) => _drawn!.Draw(draw);
}
