using System.Runtime.CompilerServices;

namespace Meridian.Dns.Wire;

/// <summary>
/// A canonical name and every name above it, each with its hash, for lookups in tables of names. Entry 0 is the
/// name itself, the last one is the root.
/// </summary>
internal ref struct NameKeys
{
    /// <summary>Most entries of a name: 127 labels of one octet, and the root.</summary>
    private const int MaxEntries = 128;

    private readonly ReadOnlySpan<byte> _name;
    private Offsets _offsets;
    private Hashes _hashes;

    [SkipLocalsInit]
    public NameKeys(ReadOnlySpan<byte> canonical)
    {
        Unsafe.SkipInit(out this);
        _name = canonical;
        var count = 0;
        var at = 0;
        for (; canonical[at] != 0; at += canonical[at] + 1)
            _offsets[count++] = (byte)at;
        _offsets[count] = (byte)at;
        Labels = count;
        var hash = NameHash.Root;
        _hashes[count] = hash;
        while (--count >= 0)
        {
            hash = NameHash.Below(hash, canonical[_offsets[count].._offsets[count + 1]]);
            _hashes[count] = hash;
        }
    }

    /// <summary>Number of labels without the root, which is the index of the root.</summary>
    public int Labels { get; }

    /// <summary>The name without its first <paramref name="index"/> labels.</summary>
    public readonly ReadOnlySpan<byte> Name(int index) => _name[_offsets[index]..];

    public readonly uint Hash(int index) => _hashes[index];

    [InlineArray(MaxEntries)]
    private struct Offsets
    {
        private byte _first;
    }

    [InlineArray(MaxEntries)]
    private struct Hashes
    {
        private uint _first;
    }
}
