using System.Collections.Immutable;

namespace Meridian.Steering.Plans;

/// <summary>
/// Draws one of several things with given weights by one multiplication and one comparison, however many they are
/// (Walker 1977; Vose, "A linear algorithm for generating random numbers with a given distribution", 1991).
/// </summary>
internal readonly struct AliasTable
{
    // Side by side, so that a draw touches one place.
    private readonly Column[]? _columns;

    private AliasTable(Column[] columns) => _columns = columns;

    /// <param name="items">What is drawn: a number, and its weight of 0 or more. Those of weight 0 are drawn, evenly,
    /// only where there is nothing else.</param>
    /// <returns>A table that is not drawn from where there is nothing.</returns>
    public static AliasTable Of(IEnumerable<(int Item, double Weight)> items)
    {
        var all = items.ToImmutableArray();
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
        return new AliasTable([.. Enumerable.Range(0, count)
            .Select(i => new Column(limits[i], drawn[i].Item, others[i]))]);
    }

    /// <summary>Whether only one thing can be drawn.</summary>
    public bool IsCertain(out int only)
    {
        only = _columns is [var column] ? column.Own : 0;
        return _columns is { Length: 1 };
    }

    /// <param name="draw">64 random bits.</param>
    public int Draw(ulong draw)
    {
        var columns = _columns!;
        ref readonly var column = ref columns[(int)Math.BigMul(draw, (ulong)columns.Length, out var within)];
        return within >> 32 < column.Limit ? column.Own : column.Other;
    }

    // Where the draw within a column stops being its own, as a fraction of 2^32, and whose the rest is.
    private readonly record struct Column(ulong Limit, int Own, int Other);
}
