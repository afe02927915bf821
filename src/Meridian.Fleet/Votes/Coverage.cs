using System.Buffers.Binary;

namespace Meridian.Fleet.Votes;

/// <summary>
/// Which targets a node probes, as one digest for each of 256 buckets of targets. Two nodes probe the same targets of a
/// bucket where their digests agree, so that a target that only one of them knows yet spoils the opinion on one target
/// of 256 and not on all. 2 KiB, however many targets there are. Immutable.
/// </summary>
public sealed class Coverage
{
    private const int Buckets = 256;

    private readonly ulong[] _digests;

    private Coverage(ulong[] digests) => _digests = digests;

    /// <summary>That of a node without targets.</summary>
    public static Coverage None { get; } = new(new ulong[Buckets]);

    public static Coverage Of(IEnumerable<TargetId> targets)
    {
        var digests = new ulong[Buckets];
        foreach (var target in targets)
            digests[Bucket(target)] ^= target.Value; // ids are digests themselves, and none is there twice
        return new Coverage(digests);
    }

    /// <summary>Reads the form that <see cref="ToString"/> writes; null where it is none.</summary>
    public static Coverage? Parse(string text)
    {
        var octets = new byte[Buckets * sizeof(ulong)];
        if (!Convert.TryFromBase64String(text, octets, out var length) || length != octets.Length)
            return null;
        var digests = new ulong[Buckets];
        for (var i = 0; i < Buckets; i++)
            digests[i] = BinaryPrimitives.ReadUInt64BigEndian(octets.AsSpan(i * sizeof(ulong)));
        return new Coverage(digests);
    }

    /// <summary>Whether another node probes a target that this one probes.</summary>
    public bool Shares(TargetId target, Coverage other) => _digests[Bucket(target)] == other._digests[Bucket(target)];

    /// <summary>The digests in base64.</summary>
    public override string ToString()
    {
        var octets = new byte[Buckets * sizeof(ulong)];
        for (var i = 0; i < Buckets; i++)
            BinaryPrimitives.WriteUInt64BigEndian(octets.AsSpan(i * sizeof(ulong)), _digests[i]);
        return Convert.ToBase64String(octets);
    }

    private static int Bucket(TargetId target) => (int)(target.Value >> 56);
}
