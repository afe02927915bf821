using System.Collections.Immutable;
using Meridian.Steering.Picking;

namespace Meridian.Steering.Plans;

/// <summary>The addresses of a pool that may be answered to one kind of question, and how one is picked.</summary>
public sealed class Candidates
{
    // Selects a position in the indices.
    private readonly Selector _first;
    private readonly bool _answersAll;

    // All of them twice over, so that a run that begins anew at the end lies in one piece.
    private readonly byte[] _octets;
    private readonly int _size;

    internal Candidates(PoolShape shape, AddressPicker picker, ImmutableArray<int> indices)
    {
        Indices = indices;
        IsEmpty = indices.IsEmpty;
        _first = indices.IsEmpty ? default : picker.First(shape, indices);
        _answersAll = picker.AnswersAll;
        _octets = [.. indices.Concat(indices).SelectMany(i => shape.Addresses[i].Bytes)];
        _size = indices.IsEmpty ? 0 : _octets.Length / (2 * indices.Length);
    }

    /// <summary>Indices into the pool's addresses, ascending.</summary>
    public ImmutableArray<int> Indices { get; }

    public bool IsEmpty { get; }

    /// <summary>From how many an answer begins with equal chance; 0 where the client or weights count.</summary>
    internal int Turns => IsEmpty ? 0 : _first.Turns;

    /// <summary>All of them as octets, twice over.</summary>
    internal ReadOnlySpan<byte> AllOctets => _octets;

    /// <summary>The number of addresses in an answer that holds <paramref name="most"/> of them or fewer.</summary>
    internal int CountOf(int most) => _answersAll ? Math.Min(most, Indices.Length) : 1;

    /// <summary>Picks addresses; there have to be some.</summary>
    /// <param name="pool">The pool's index in the endpoint.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="picks">Receives the choice; not empty.</param>
    /// <param name="scope">Widened to what the choice looked at.</param>
    /// <returns>The number of picks.</returns>
    internal int Pick(int pool, scoped in ClientView client, ulong draw, scoped Span<Pick> picks,
        scoped ref byte scope)
    {
        var first = _first.Select(client, draw, ref scope);
        var count = CountOf(picks.Length);
        for (var i = 0; i < count; i++)
            picks[i] = new Pick(pool, Indices[(first + i) % Indices.Length]);
        return count;
    }

    /// <summary>The same choice as octets that lie ready.</summary>
    internal ReadOnlySpan<byte> PickOctets(scoped in ClientView client, ulong draw, int most, scoped ref byte scope)
    {
        var first = _first.Select(client, draw, ref scope);
        return _octets.AsSpan(first * _size, CountOf(most) * _size);
    }
}
