using System.Collections.Immutable;

namespace Meridian.Steering.Plans;

/// <summary>
/// What the pools of an endpoint answer to one kind of question, in one piece of memory: an answer is two reads away
/// once its pool is chosen. Thousands of endpoints do not fit in a processor's caches beside the kernel's data, so that
/// it is the number of places that a query touches that costs.
/// </summary>
internal readonly struct AddressRuns
{
    private readonly Run[]? _runs;
    private readonly byte[]? _octets;

    private AddressRuns(Run[] runs, byte[] octets)
    {
        _runs = runs;
        _octets = octets;
    }

    /// <param name="pools">The pools of the endpoint.</param>
    /// <param name="kind">The addresses of a pool that may be answered.</param>
    /// <param name="most">Addresses in an answer.</param>
    public static AddressRuns Of(ImmutableArray<PoolPlan> pools, Func<PoolPlan, Candidates> kind, int most)
    {
        var runs = new Run[pools.Length];
        var octets = new List<byte>();
        for (var i = 0; i < pools.Length; i++)
        {
            var candidates = kind(pools[i]);

            // What looks at the client or at weights within the pool does not lie ready.
            if (!pools[i].Serves || pools[i].HasNames || candidates.Turns is 0 or > byte.MaxValue
                || candidates.Indices.Length > byte.MaxValue)
                continue;
            var all = candidates.AllOctets;
            runs[i] = new Run
            {
                Start = octets.Count,
                Size = (byte)(all.Length / (2 * candidates.Indices.Length)),
                Count = (byte)candidates.CountOf(most),
                Turns = (byte)candidates.Turns,
            };
            octets.AddRange(all);
        }

        return new AddressRuns(runs, [.. octets]);
    }

    /// <param name="pool">The chosen pool.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="addresses">The answer.</param>
    /// <returns>False where the pool's answer does not lie ready.</returns>
    public bool TryGet(int pool, ulong draw, out ReadOnlySpan<byte> addresses)
    {
        ref readonly var run = ref _runs![pool];
        var first = run.Turns > 1 ? Mixing.Below(draw, run.Turns) : 0;
        addresses = _octets.AsSpan(run.Start + (first * run.Size), run.Count * run.Size);
        return run.Count > 0;
    }

    /// <summary>
    /// Where a pool's addresses lie, twice over; how many are answered, and from how many it begins by chance.
    /// </summary>
    private readonly record struct Run
    {
        public int Start { get; init; }

        public byte Size { get; init; }

        public byte Count { get; init; }

        public byte Turns { get; init; }
    }
}
