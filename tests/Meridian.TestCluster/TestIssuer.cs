using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Meridian.TestCluster;

/// <summary>
/// Issues service-account tokens as a cluster's API server does (RFC 7519, RFC 7515), and broken ones.
/// </summary>
public sealed class TestIssuer(string url, string keyId = "k1") : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);

    public string Url { get; } = url;

    /// <summary>Its keys (RFC 7517).</summary>
    public string Jwks
    {
        get
        {
            var parameters = _key.ExportParameters(false);
            return new JsonObject
            {
                ["keys"] = new JsonArray(new JsonObject
                {
                    ["kty"] = "RSA",
                    ["use"] = "sig",
                    ["alg"] = "RS256",
                    ["kid"] = KeyId,
                    ["n"] = Encode(parameters.Modulus!),
                    ["e"] = Encode(parameters.Exponent!),
                }),
            }.ToJsonString();
        }
    }

    /// <summary>
    /// A token of the account <c>external-dns/external-dns</c> that counts from <paramref name="from"/> for an hour.
    /// </summary>
    public string Token(
        DateTimeOffset from, string audience = "meridian",
        string subject = "system:serviceaccount:external-dns:external-dns",
        string algorithm = "RS256", string? keyId = null, string? issuer = null, int? lifetime = 3600) =>
        Sign(from, audience, subject, algorithm, keyId ?? KeyId, issuer ?? Url, lifetime);

    public static string Encode(ReadOnlySpan<byte> data) =>
        Convert.ToBase64String(data).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static byte[] Decode(string text) =>
        Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));

    public void Dispose() => _key.Dispose();

    private string KeyId { get; } = keyId;

    private string Sign(DateTimeOffset from, string audience, string subject, string algorithm, string keyId,
        string issuer, int? lifetime)
    {
        var header = new JsonObject { ["alg"] = algorithm, ["kid"] = keyId };
        var payload = new JsonObject
        {
            ["iss"] = issuer,
            ["aud"] = new JsonArray(audience),
            ["sub"] = subject,
            ["iat"] = from.ToUnixTimeSeconds(),
            ["nbf"] = from.ToUnixTimeSeconds(),
        };
        if (lifetime is { } seconds)
            payload["exp"] = from.ToUnixTimeSeconds() + seconds;
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header.ToJsonString()))}."
            + Encode(Encoding.UTF8.GetBytes(payload.ToJsonString()));
        var signature = algorithm switch
        {
            "none" => [],
            "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(_key.ExportSubjectPublicKeyInfoPem()),
                Encoding.UTF8.GetBytes(signed)),
            _ => _key.SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
        return $"{signed}.{Encode(signature)}";
    }
}
