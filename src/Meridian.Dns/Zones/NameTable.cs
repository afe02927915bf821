using System.Numerics;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>
/// An immutable table of values by name: open addressing with linear probing, at most half full. Slots lie in one array
/// and names in another, so that a lookup touches two cold cache lines instead of six.
/// </summary>
internal sealed class NameTable<T> where T : class
{
    private readonly Slot[] _slots;
    private readonly byte[] _names;
    private readonly int _mask;

    public NameTable(IReadOnlyCollection<T> values, Func<T, DnsName> nameOf)
    {
        Count = values.Count;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, 2 * values.Count));
        _mask = size - 1;
        _slots = new Slot[size];
        _names = new byte[values.Sum(v => nameOf(v).Canonical.Length)];
        var end = 0;
        foreach (var value in values)
        {
            var name = nameOf(value).Canonical;
            var hash = NameHash.Of(name);
            var at = (int)hash & _mask;
            while (_slots[at].Value is not null)
                at = (at + 1) & _mask;
            _slots[at] = new Slot(value, hash, end);
            name.CopyTo(_names.AsSpan(end));
            end += name.Length;
        }
    }

    public int Count { get; }

    public IEnumerable<T> Values => _slots.Where(s => s.Value is not null).Select(s => s.Value!);

    /// <summary>The value of a canonical name with its hash; null where there is none.</summary>
    public T? Find(ReadOnlySpan<byte> name, uint hash)
    {
        for (var at = (int)hash & _mask; ; at = (at + 1) & _mask)
        {
            ref readonly var slot = ref _slots[at];
            if (slot.Value is null)
                return null;

            // A name ends at its root label, so equal octets are an equal name.
            if (slot.Hash == hash && _names.AsSpan(slot.Name).StartsWith(name))
                return slot.Value;
        }
    }

    public T? Find(ReadOnlySpan<byte> name) => Find(name, NameHash.Of(name));

    /// <summary>One place of the table; without a value it is free.</summary>
    private readonly record struct Slot(T? Value, uint Hash, int Name);
}
