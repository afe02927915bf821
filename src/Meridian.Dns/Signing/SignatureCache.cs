using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>
/// Signatures by the form that they sign. Reads take no lock and allocate nothing. Two generations bound the cache:
/// when the young one is full it becomes the old one, and entries that are used again move back.
/// </summary>
internal sealed class SignatureCache(int capacity)
{
    private volatile Generation _young = new();
    private volatile Generation _old = new();

    public int Count => _young.Map.Count + _old.Map.Count;

    public Signatures? Find(ReadOnlySpan<byte> key)
    {
        if (_young.Lookup.TryGetValue(key, out var found))
            return found;
        if (!_old.Lookup.TryGetValue(key, out found))
            return null;
        Add(key.ToArray(), found);
        return found;
    }

    public void Add(byte[] key, Signatures signatures)
    {
        var young = _young;
        young.Map[key] = signatures;

        // ConcurrentDictionary.Count takes every lock, so additions are counted here.
        if (Interlocked.Increment(ref young.Added) < capacity)
            return;
        _old = young;
        _young = new Generation();
    }

    /// <summary>Entries with their keys.</summary>
    public IEnumerable<KeyValuePair<byte[], Signatures>> Entries => _old.Map.Concat(_young.Map);

    public void Remove(byte[] key)
    {
        _young.Map.TryRemove(key, out _);
        _old.Map.TryRemove(key, out _);
    }

    private sealed class Generation
    {
        public int Added;

        public Generation()
        {
            Map = new ConcurrentDictionary<byte[], Signatures>(KeyComparer.Instance);
            Lookup = Map.GetAlternateLookup<ReadOnlySpan<byte>>();
        }

        public ConcurrentDictionary<byte[], Signatures> Map { get; }

        public ConcurrentDictionary<byte[], Signatures>.AlternateLookup<ReadOnlySpan<byte>> Lookup { get; }
    }

    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => (int)NameHash.Below(0, obj);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)NameHash.Below(0, alternate);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
