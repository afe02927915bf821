using System.Numerics;

namespace Meridian.Geography;

/// <summary>
/// One family of an <see cref="AddressMap"/>: sorted starts, the first of them 0, and a number for each range. An index
/// by the first bits of an address leaves few starts to search.
/// </summary>
internal sealed class Ranges<T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private const int MaxIndexBits = 16;

    // Start and number side by side: a look-up ends on one cache line.
    private readonly RangeStart[] _entries;

    // For each value of the first bits: the last range that starts at or before its first address.
    private readonly int[] _index;
    private readonly int _shift;

    public Ranges(T[] starts, int[] values)
    {
        _entries = [.. starts.Zip(values, (start, value) => new RangeStart(start, value))];
        var bits = Math.Min(MaxIndexBits, BitOperations.Log2((uint)starts.Length));
        _shift = (8 * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()) - bits;
        _index = new int[(1 << bits) + 1];
        var range = 0;
        for (var i = 0; i < _index.Length - 1; i++)
        {
            var first = bits == 0 ? T.Zero : T.CreateTruncating(i) << _shift;
            while (range + 1 < starts.Length && starts[range + 1] <= first)
                range++;
            _index[i] = range;
        }

        _index[^1] = starts.Length - 1;
    }

    public int Count => _entries.Length;

    public static Ranges<T> Everything(int value) => new([T.Zero], [value]);

    public int Find(T address, int width, out byte scopeBits)
    {
        var bucket = _index.Length == 2 ? 0 : int.CreateTruncating(address >> _shift);
        var index = _index[bucket];
        var last = _index[bucket + 1];
        while (index < last)
        {
            var middle = (index + last + 1) >> 1;
            if (_entries[middle].Start <= address)
                index = middle;
            else
                last = middle - 1;
        }

        scopeBits = 0;
        if (index > 0)
            scopeBits = (byte)(CommonBits(address, _entries[index].Start - T.One, width) + 1);
        if (index + 1 < _entries.Length)
            scopeBits = Math.Max(scopeBits, (byte)(CommonBits(address, _entries[index + 1].Start, width) + 1));
        return _entries[index].Value;
    }

    public Ranges<T> Select(Func<int, int> selector)
    {
        var builder = new Builder(_entries.Length);
        for (var i = 0; i < _entries.Length; i++)
            builder.Add(_entries[i].Start, selector(_entries[i].Value));
        return builder.Build();
    }

    public static Ranges<T> Combine(Ranges<T> first, Ranges<T> second, Func<int, int, int> combine)
    {
        var builder = new Builder(first.Count + second.Count);
        int a = 0, b = 0;
        var at = T.Zero;
        while (true)
        {
            builder.Add(at, combine(first.ValueAt(a), second.ValueAt(b)));
            var hasA = a + 1 < first.Count;
            var hasB = b + 1 < second.Count;
            if (!hasA && !hasB)
                return builder.Build();
            at = !hasB || (hasA && first.StartAt(a + 1) < second.StartAt(b + 1))
                ? first.StartAt(a + 1) : second.StartAt(b + 1);
            if (hasA && first.StartAt(a + 1) == at)
                a++;
            if (hasB && second.StartAt(b + 1) == at)
                b++;
        }
    }

    /// <summary>Flattens ranges that are disjoint or nested, by a sweep with a stack of those that are open.</summary>
    public static Ranges<T> Flatten(List<NestedRange<T>> ranges)
    {
        ranges.Sort((x, y) => x.First != y.First ? x.First.CompareTo(y.First) : y.Last.CompareTo(x.Last));
        var builder = new Builder(ranges.Count + 1);
        builder.Add(T.Zero, AddressMap.Nothing);
        var open = new Stack<NestedRange<T>>();
        foreach (var range in ranges)
        {
            CloseBefore(range.First);
            builder.Add(range.First, range.Value);
            open.Push(range);
        }

        CloseBefore(null);
        return builder.Build();

        void CloseBefore(T? next)
        {
            while (open.TryPeek(out var top) && (next is not { } start || top.Last < start))
            {
                open.Pop();

                // Ranges that end together close together; after the last address there is nothing.
                if (top.Last != T.MaxValue && !(open.TryPeek(out var outer) && outer.Last == top.Last))
                    builder.Add(top.Last + T.One, open.TryPeek(out var parent) ? parent.Value : AddressMap.Nothing);
            }
        }
    }

    private T StartAt(int index) => _entries[index].Start;

    private int ValueAt(int index) => _entries[index].Value;

    private static int CommonBits(T a, T b, int width)
    {
        var difference = a ^ b;
        return width - 1 - int.CreateTruncating(T.Log2(difference));
    }

    private sealed class Builder(int capacity)
    {
        private readonly List<T> _starts = new(capacity);
        private readonly List<int> _values = new(capacity);

        public void Add(T start, int value)
        {
            // A later number for the same start replaces the earlier one.
            if (_starts.Count > 0 && _starts[^1] == start)
            {
                _starts.RemoveAt(_starts.Count - 1);
                _values.RemoveAt(_values.Count - 1);
            }

            if (_values.Count > 0 && _values[^1] == value)
                return;
            _starts.Add(start);
            _values.Add(value);
        }

        public Ranges<T> Build() => new([.. _starts], [.. _values]);
    }

    private readonly record struct RangeStart(T Start, int Value);
}
