using System.Numerics;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>
/// An immutable table of what belongs to names: open addressing with linear probing, at most half full, the hash of each
/// entry beside it so that a miss touches no name.
/// </summary>
internal sealed class NameTable<T> where T : class
{
    private readonly uint[] _hashes;
    private readonly DnsName?[] _names;
    private readonly T?[] _values;
    private readonly int _mask;

    public NameTable(IReadOnlyCollection<T> values, Func<T, DnsName> nameOf)
    {
        Count = values.Count;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, 2 * values.Count));
        _mask = size - 1;
        _hashes = new uint[size];
        _names = new DnsName?[size];
        _values = new T?[size];
        foreach (var value in values)
        {
            var name = nameOf(value);
            var hash = NameHash.Of(name.Canonical);
            var at = (int)hash & _mask;
            while (_values[at] is not null)
                at = (at + 1) & _mask;
            _hashes[at] = hash;
            _names[at] = name;
            _values[at] = value;
        }
    }

    public int Count { get; }

    public IEnumerable<T> Values => _values.OfType<T>();

    /// <summary>What belongs to a canonical name with its hash; null for nothing.</summary>
    public T? Find(ReadOnlySpan<byte> name, uint hash)
    {
        var at = (int)hash & _mask;
        while (_values[at] is { } value)
        {
            if (_hashes[at] == hash && name.SequenceEqual(_names[at]!.Canonical))
                return value;
            at = (at + 1) & _mask;
        }

        return null;
    }

    public T? Find(ReadOnlySpan<byte> name) => Find(name, NameHash.Of(name));
}
