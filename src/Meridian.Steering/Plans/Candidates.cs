using System.Collections.Immutable;

namespace Meridian.Steering.Plans;

/// <summary>The addresses of a pool that may be answered to one kind of question.</summary>
public sealed class Candidates
{
    private readonly AliasTable _drawn;

    // All of them twice over, so that a run that begins anew at the end lies in one piece.
    private readonly byte[] _octets;
    private readonly int _size;

    internal Candidates(ImmutableArray<int> indices, ImmutableArray<AddressPlan> addresses)
    {
        Indices = indices;
        IsEmpty = indices.IsEmpty;
        _drawn = AliasTable.Of(indices.Select((index, i) => (i, (double)addresses[index].Shape.Source.Weight)));
        _octets = [.. indices.Concat(indices).SelectMany(i => addresses[i].Shape.Bytes)];
        _size = indices.IsEmpty ? 0 : _octets.Length / (2 * indices.Length);
    }

    /// <summary>Indices into the pool's addresses, ascending.</summary>
    public ImmutableArray<int> Indices { get; }

    public bool IsEmpty { get; }

    /// <summary>
    /// One of them by weight, as a position in <see cref="Indices"/>; those of weight 0 only when there is nothing
    /// else.
    /// </summary>
    internal int Draw(ulong draw) => _drawn.Draw(draw);

    /// <summary>The octets of a run of addresses.</summary>
    internal ReadOnlySpan<byte> Octets(int start, int count) => _octets.AsSpan(start * _size, count * _size);

    /// <summary>All of them, twice over.</summary>
    internal ReadOnlySpan<byte> AllOctets => _octets;
}
