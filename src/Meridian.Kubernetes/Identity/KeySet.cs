using System.Text.Json;
using Meridian.Files;
using Microsoft.IdentityModel.Tokens;

namespace Meridian.Kubernetes.Identity;

/// <summary>The keys of an issuer (JWKS, RFC 7517) that tokens can be checked by: the public ones.</summary>
public static class KeySet
{
    /// <summary>The largest key set that is read.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>
    /// The thumbprints (RFC 7638) of the keys in a file, with the name that the file has for each: two files with the
    /// same thumbprint believe the same tokens, whatever they call the key.
    /// </summary>
    /// <exception cref="InvalidDataException">There are none; the message says why.</exception>
    public static IReadOnlyDictionary<string, string> ThumbprintsIn(string file)
    {
        try
        {
            var names = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var key in Read(RegularFile.ReadText(file, MaxBytes)).Where(k => k.CanComputeJwkThumbprint()))
                names.TryAdd(Convert.ToHexStringLower(key.ComputeJwkThumbprint()), key.KeyId ?? "");
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException
            or InvalidOperationException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <exception cref="InvalidDataException">There are none that can be used.</exception>
    internal static IReadOnlyList<SecurityKey> Read(string text)
    {
        IReadOnlyList<SecurityKey> keys =
            [.. new JsonWebKeySet(text).GetSigningKeys()
                .Where(k => k is AsymmetricSecurityKey or JsonWebKey { Kty: "RSA" or "EC" })];
        return keys.Count > 0 ? keys : throw new InvalidDataException("the key set holds no key that can be used");
    }
}
