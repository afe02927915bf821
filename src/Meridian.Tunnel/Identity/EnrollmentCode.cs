using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Meridian.Tunnel.Identity;

/// <summary>
/// What an agent enrols with, once: a secret, and the digest of the authority's key, by which the agent knows that it
/// gives the secret to the right gateway.
/// </summary>
/// <param name="Secret">128 random bits in base64url.</param>
/// <param name="Pin">As <see cref="ServerTrust.PinOf"/> says.</param>
public sealed record EnrollmentCode(string Secret, string Pin)
{
    /// <summary>How long a code counts.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>What the node keeps of it: SHA-256 of the secret, in hexadecimal digits.</summary>
    public string Digest => DigestOf(Secret);

    public static EnrollmentCode Make(string pin) =>
        new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), pin);

    /// <summary>Reads a code; null for a text that is none.</summary>
    public static EnrollmentCode? Parse(string text) =>
        text.Trim().Split('.') is [{ Length: 22 } secret, { Length: 43 } pin] && Base64Url.IsValid(secret)
        && Base64Url.IsValid(pin) ? new(secret, pin) : null;

    public static string DigestOf(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));

    public override string ToString() => $"{Secret}.{Pin}";
}
