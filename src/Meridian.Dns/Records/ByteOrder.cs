using System.Diagnostics.CodeAnalysis;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>
/// Octets from left to right as unsigned numbers: the canonical order of record data (RFC 4034 section 6.3).
/// </summary>
internal sealed class ByteOrder : IComparer<byte[]>, IEqualityComparer<byte[]>
{
    public static ByteOrder Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => (int)NameHash.Below(0, obj);
}
