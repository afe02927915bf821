using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Meridian.Dns.Signing;

/// <summary>
/// The part of a key that signs, and its public half as DNSKEY has it. Used by several threads at once.
/// </summary>
public abstract class PrivateKey : IDisposable
{
    /// <summary>Number of the algorithm (RFC 8624).</summary>
    public abstract byte Algorithm { get; }

    /// <summary>The public key field of its DNSKEY record.</summary>
    public abstract byte[] PublicKey { get; }

    public abstract byte[] Sign(ReadOnlySpan<byte> data);

    /// <summary>PKCS #8 in PEM form.</summary>
    public abstract string ToPem();

    /// <summary>Makes a key; null where the algorithm is not one of 13 and 15.</summary>
    public static PrivateKey? Create(byte algorithm) => algorithm switch
    {
        EcdsaKey.Number => EcdsaKey.Create(),
        Ed25519Key.Number => Ed25519Key.Create(),
        _ => null,
    };

    /// <summary>Reads the first private key in a text.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out PrivateKey? key,
        [NotNullWhen(false)] out string? error)
    {
        key = null;
        try
        {
            if (!PemEncoding.TryFind(text, out var fields))
                error = "no private key in PEM form can be read";
            else if (Ed25519Key.Read(Convert.FromBase64String(text[fields.Base64Data])) is { } ed25519)
                (key, error) = (ed25519, null);
            else if (EcdsaKey.Read(text) is { } ecdsa)
                (key, error) = (ecdsa, null);
            else
                error = "the key is neither on the curve P-256 nor Ed25519";
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            error = $"no private key in PEM form can be read: {e.Message}";
        }

        return key is not null && error is null;
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
