using System.Runtime.CompilerServices;

namespace Meridian.Model.Binding;

/// <summary>Remembers where each field of each record was read, for the faults that the validator finds.</summary>
internal sealed class LocationMap
{
    private readonly Dictionary<Key, Location> _locations = [];
    private readonly Dictionary<object, object> _originals = new(ReferenceEqualityComparer.Instance);

    public void Add(object owner, string field, int index, Location location) =>
        _locations[new Key(owner, field, index)] = location;

    /// <summary>Says that <paramref name="copy"/> stands where <paramref name="original"/> was read.</summary>
    public void Alias(object copy, object original) => _originals[copy] = original;

    /// <summary>Where the field stands, or else its owner.</summary>
    public Location Find(object owner, string field, int index, Location otherwise)
    {
        while (_originals.TryGetValue(owner, out var original))
            owner = original;
        return _locations.TryGetValue(new Key(owner, field, index), out var location)
            || (index >= 0 && _locations.TryGetValue(new Key(owner, field, -1), out location))
            ? location : otherwise;
    }

    // Records compare by value; here two equal records in different places are two.
    private readonly struct Key(object owner, string field, int index) : IEquatable<Key>
    {
        private readonly object _owner = owner;
        private readonly string _field = field;
        private readonly int _index = index;

        public bool Equals(Key other) =>
            ReferenceEquals(_owner, other._owner) && _index == other._index && _field == other._field;

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(_owner), _field, _index);
    }
}
