using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Meridian.Dns.Signing;

/// <summary>Ed25519 (algorithm 15, RFC 8080), which .NET does not have.</summary>
public sealed class Ed25519Key : PrivateKey
{
    /// <summary>ED25519.</summary>
    public const byte Number = 15;

    private const int SeedLength = 32;

    // PKCS #8 of an Ed25519 key (RFC 8410 section 7): everything before the seed is always the same.
    private static readonly byte[] Prefix = Convert.FromHexString("302E020100300506032B657004220420");

    private readonly Ed25519PrivateKeyParameters _key;

    private Ed25519Key(byte[] seed)
    {
        _key = new Ed25519PrivateKeyParameters(seed);
        PublicKey = _key.GeneratePublicKey().GetEncoded();
    }

    public override byte Algorithm => Number;

    public override byte[] PublicKey { get; }

    public static Ed25519Key Create() => new(RandomNumberGenerator.GetBytes(SeedLength));

    public override byte[] Sign(ReadOnlySpan<byte> data)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, _key);
        signer.BlockUpdate(data);
        return signer.GenerateSignature();
    }

    public override string ToPem() => PemEncoding.WriteString("PRIVATE KEY", [.. Prefix, .. _key.GetEncoded()]);

    /// <summary>The key; null where the octets are another sort of key.</summary>
    internal static Ed25519Key? Read(ReadOnlySpan<byte> pkcs8) =>
        pkcs8.Length == Prefix.Length + SeedLength
        && pkcs8.StartsWith(Prefix) ? new Ed25519Key(pkcs8[Prefix.Length..].ToArray()) : null;
}
