using System.Buffers.Binary;
using System.Security.Cryptography;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Tells whether two servers have the same records in a zone: the sum of the digests of its record sets, in whatever
/// order they come, so that it need not be sorted. Not against forgery; the servers trust each other.
/// </summary>
internal readonly record struct ContentDigest(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>
    /// The digest of a zone's own records: the SOA without its serial, and no defaults of steered names.
    /// </summary>
    public static ContentDigest Of(AuthoritativeZone zone) => zone.Nodes.SelectMany(n => n.Sets)
        .Where(s => s.Type != RecordType.SOA).Aggregate(Of(Soa.WithSerial(zone.Soa, 0)), (sum, set) => sum + Of(set));

    /// <summary>The digest with more sets.</summary>
    public ContentDigest With(IEnumerable<RecordSet> sets) => sets.Aggregate(this, (sum, set) => sum + Of(set));

    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";

    public static ContentDigest operator +(ContentDigest a, ContentDigest b) =>
        new(unchecked(a.A + b.A), unchecked(a.B + b.B), unchecked(a.C + b.C), unchecked(a.D + b.D));

    private static ContentDigest Of(RecordSet set)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> numbers = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(numbers, (ushort)set.Type);
        BinaryPrimitives.WriteUInt32BigEndian(numbers[2..], set.Ttl);
        hash.AppendData(set.Owner.Canonical);
        hash.AppendData(numbers);
        foreach (var data in set.Data.Sort(ByteOrder.Instance))
        {
            BinaryPrimitives.WriteInt32BigEndian(numbers, data.Length);
            hash.AppendData(numbers[..4]);
            hash.AppendData(data);
        }

        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(result);
        return new ContentDigest(BinaryPrimitives.ReadUInt64BigEndian(result),
            BinaryPrimitives.ReadUInt64BigEndian(result[8..]), BinaryPrimitives.ReadUInt64BigEndian(result[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(result[24..]));
    }
}
