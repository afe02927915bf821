using System.Security.Cryptography;
using Meridian.Gateway.Http1;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// What the client has of an answer, as a digest: enough to tell whether another address gives the same octets, so that
/// the rest can come from there.
/// </summary>
internal sealed class SentDigest(ResponseHead head) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Octets that the client has.</summary>
    public long Length { get; private set; }

    public void Add(ReadOnlySpan<byte> octets)
    {
        _hash.AppendData(octets);
        Length += octets.Length;
    }

    public byte[] Digest() => _hash.GetCurrentHash();

    /// <summary>Whether an answer is of the same form: status, type, coding, and length where both say one.</summary>
    public bool Fits(ResponseHead other) =>
        other.Status == head.Status
        && other["Content-Type"] == head["Content-Type"]
        && other["Content-Encoding"] == head["Content-Encoding"]
        && (other.Framing != BodyFraming.Length || head.Framing != BodyFraming.Length || other.Length == head.Length);

    public void Dispose() => _hash.Dispose();
}
