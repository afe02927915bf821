namespace Meridian.Steering.Plans;

/// <summary>
/// Weighted rendezvous hashing: each item gets -ln(u)/w with u by the hash of client and item, and the smallest wins
/// (Schindelhauer and Schomaker 2005). When an item goes, its clients alone move.
/// </summary>
internal readonly struct Rendezvous
{
    private readonly Candidate[]? _candidates;
    private readonly bool _evenly;

    private Rendezvous(Candidate[] candidates)
    {
        _candidates = candidates;
        _evenly = Array.TrueForAll(candidates, c => c.Weight == candidates[0].Weight);
    }

    /// <param name="items">A number, what its hash is seeded with, and its weight of 0 or more. Those of weight 0 are
    /// selected, evenly, only where there is nothing else: beside a weight, their -ln(u)/0 never wins.</param>
    public static Rendezvous Of(IEnumerable<(int Item, ulong Seed, double Weight)> items) =>
        new([.. items.Select(i => new Candidate(i.Item, i.Seed, i.Weight))]);

    public int Select(HashedScore score) => _evenly ? SelectEvenly(score) : SelectByWeight(score);

    private int SelectByWeight(HashedScore score)
    {
        var candidates = _candidates!;
        var best = candidates[0].Item;
        var bestKey = double.PositiveInfinity;
        foreach (ref readonly var candidate in candidates.AsSpan())
        {
            var key = -Math.Log(Mixing.Unit(score.Of(candidate.Seed))) / candidate.Weight;
            if (key >= bestKey)
                continue;
            best = candidate.Item;
            bestKey = key;
        }

        return best;
    }

    // With equal weights the smallest -ln(u) is the largest u, and the largest u is that of the largest number.
    private int SelectEvenly(HashedScore score)
    {
        var candidates = _candidates!;
        var best = candidates[0].Item;
        var bestScore = 0UL;
        foreach (ref readonly var candidate in candidates.AsSpan())
        {
            var value = score.Of(candidate.Seed) >> 11;
            if (value <= bestScore)
                continue;
            best = candidate.Item;
            bestScore = value;
        }

        return best;
    }

    private readonly record struct Candidate(int Item, ulong Seed, double Weight);
}
