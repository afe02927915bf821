using System.Security.Cryptography;

namespace Meridian.Dns.Signing;

/// <summary>ECDSA on P-256 with SHA-256 (algorithm 13, RFC 6605).</summary>
public sealed class EcdsaKey : PrivateKey
{
    /// <summary>ECDSAP256SHA256.</summary>
    public const byte Number = 13;

    private readonly ECParameters _parameters;

    // An ECDsa object is not safe for use by several threads at once.
    private readonly ThreadLocal<ECDsa> _keys;

    private EcdsaKey(ECParameters parameters)
    {
        _parameters = parameters;
        _keys = new ThreadLocal<ECDsa>(() => ECDsa.Create(parameters), trackAllValues: true);
        PublicKey = [.. parameters.Q.X!, .. parameters.Q.Y!];
    }

    public override byte Algorithm => Number;

    public override byte[] PublicKey { get; }

    public static EcdsaKey Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new EcdsaKey(key.ExportParameters(includePrivateParameters: true));
    }

    /// <summary>r and s, 32 octets each (RFC 6605 section 4).</summary>
    public override byte[] Sign(ReadOnlySpan<byte> data) =>
        _keys.Value!.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public override string ToPem()
    {
        using var key = ECDsa.Create(_parameters);
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <exception cref="CryptographicException">It is no private key of an elliptic curve.</exception>
    /// <exception cref="ArgumentException">The text holds no PEM.</exception>
    internal static EcdsaKey? Read(string pem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        return parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value ? new EcdsaKey(parameters) : null;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var key in _keys.Values)
            key.Dispose();
        _keys.Dispose();
        base.Dispose(disposing);
    }
}
