using System.Collections.Immutable;

namespace Meridian.Steering.Plans;

/// <summary>
/// Draws one of several things with given weights by one multiplication and one comparison, however many they are
/// (Walker 1977; Vose, "A linear algorithm for generating random numbers with a given distribution", 1991).
/// </summary>
internal sealed class AliasTable
{
    // Of each column: where the draw within it stops being its own, as a fraction of 2^32, and whose the rest is.
    private readonly ulong[] _limits;
    private readonly int[] _own;
    private readonly int[] _others;

    private AliasTable(int[] own, ulong[] limits, int[] others)
    {
        _own = own;
        _limits = limits;
        _others = others;
    }

    /// <param name="items">What is drawn: a number, and its weight of 0 or more. Those of weight 0 are drawn, evenly, only where there is nothing else.</param>
    /// <returns>Null where there is nothing to draw from.</returns>
    public static AliasTable? Of(IEnumerable<(int Item, double Weight)> items)
    {
        var all = items.ToImmutableArray();
        if (all.IsEmpty)
            return null;
        var positive = all.Where(i => i.Weight > 0).ToImmutableArray();
        var drawn = positive.IsEmpty ? [.. all.Select(i => (i.Item, Weight: 1.0))] : positive;
        var count = drawn.Length;
        var total = drawn.Sum(i => i.Weight);
        var scaled = drawn.Select(i => i.Weight * count / total).ToArray();
        var limits = new ulong[count];
        var others = new int[count];
        var small = new Stack<int>(Enumerable.Range(0, count).Where(i => scaled[i] < 1));
        var large = new Stack<int>(Enumerable.Range(0, count).Where(i => scaled[i] >= 1));
        while (small.TryPop(out var less))
        {
            if (!large.TryPeek(out var more))
            {
                // What rounding leaves over is a whole column.
                limits[less] = 1UL << 32;
                continue;
            }

            limits[less] = (ulong)(scaled[less] * (1UL << 32));
            others[less] = drawn[more].Item;
            scaled[more] -= 1 - scaled[less];
            if (scaled[more] < 1)
                small.Push(large.Pop());
        }

        foreach (var column in large)
            limits[column] = 1UL << 32;
        return new AliasTable([.. drawn.Select(i => i.Item)], limits, others);
    }

    /// <param name="draw">64 random bits.</param>
    public int Draw(ulong draw)
    {
        var column = (int)Math.BigMul(draw, (ulong)_own.Length, out var within);
        return within >> 32 < _limits[column] ? _own[column] : _others[column];
    }
}
