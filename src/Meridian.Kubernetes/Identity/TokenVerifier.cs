using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Files;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Meridian.Kubernetes.Identity;

/// <summary>
/// Checks service-account tokens: the signature by a key of a trusted issuer that the token names, the audience and the
/// times; or it asks the cluster's API server. Nothing in a token is trusted before that.
/// </summary>
public sealed class TokenVerifier : IDisposable
{
    /// <summary>Longer tokens are refused unread, in characters; those of Kubernetes have about 1,000.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>How far clocks may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>How long the result of a review is reused: a deleted account is noticed within this time.</summary>
    public static readonly TimeSpan ReviewFresh = TimeSpan.FromSeconds(10);

    /// <summary>Number of reviews that are remembered.</summary>
    private const int MaxReviews = 10_000;

    // Only asymmetric algorithms: with an HMAC the public key would be the secret (RFC 8725 section 2.1).
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
        "ES384", "ES512"];

    private readonly JsonWebTokenHandler _handler = new()
    {
        MaximumTokenSizeInBytes = MaxLength,
        MapInboundClaims = false,
    };
    private readonly ConcurrentDictionary<(string Issuer, string? File), IssuerKeys> _keys = [];
    private readonly ConcurrentDictionary<string, (TokenResult Result, long At)> _reviews = [];
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <param name="time">The clock.</param>
    /// <param name="handler">Sends requests to issuers; null for the default.</param>
    public TokenVerifier(TimeProvider time, HttpMessageHandler? handler = null)
    {
        _time = time;
        _http = new HttpClient(handler
            ?? new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(3) })
        {
            MaxResponseContentBufferSize = IssuerKeys.MaxBytes,
        };
    }

    /// <summary>Checks a token against the trusted issuers, each of them, and says which prove it.</summary>
    /// <param name="token">The token.</param>
    /// <param name="issuers">The trusted issuers.</param>
    /// <param name="clusters">Finds the API server of a cluster that is asked; null while it is not known.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<TokenResult> VerifyAsync(string token, IEnumerable<TokenIssuer> issuers,
        Func<string, ClusterClient?> clusters, CancellationToken cancellationToken)
    {
        if (token.Length > MaxLength)
            return TokenResult.Refuse($"the token is longer than {MaxLength} characters");
        JsonWebToken read;
        try
        {
            read = _handler.ReadJsonWebToken(token);

            // Claims are parsed when they are read, and may be of the wrong type.
            _ = (read.Issuer, read.Alg, read.Kid, read.Subject, read.ValidFrom, read.ValidTo);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException
            or InvalidCastException or OverflowException
            or SecurityTokenException or System.Text.Json.JsonException)
        {
            return TokenResult.Refuse("it is not a JSON Web Token");
        }

        var trusted = issuers.Distinct()
            .Where(i => i.Url is null || string.Equals(i.Url, read.Issuer, StringComparison.Ordinal)).ToArray();
        if (trusted.Length == 0)
            return TokenResult.Refuse($"no policy trusts the issuer `{Shorten(read.Issuer)}`");

        // All are tried: several clusters may share an issuer's text, and one may be away.
        var results = await Task.WhenAll(trusted.Select(i => i.Cluster is null
            ? CheckAsync(token, read, i, cancellationToken)
            : ReviewAsync(token, i, clusters, cancellationToken)));
        return results.Any(r => r.Refusal is null)
            ? new TokenResult([.. results.SelectMany(r => r.Proofs)], null)
            : TokenResult.Refuse(results.Length == 1 ? results[0].Refusal!
                : string.Join("; ", trusted.Zip(results, (i, r) => $"{i}: {r.Refusal}")));
    }

    public void Dispose() => _http.Dispose();

    private async Task<TokenResult> CheckAsync(string token, JsonWebToken read, TokenIssuer issuer,
        CancellationToken cancellationToken)
    {
        if (!Algorithms.Contains(read.Alg))
            return TokenResult.Refuse($"the algorithm `{Shorten(read.Alg)}` is not accepted");
        IReadOnlyList<SecurityKey> keys;
        try
        {
            keys = await _keys.GetOrAdd((issuer.Url!, issuer.JwksFile),
                k => new IssuerKeys(k.Issuer, FileOf(k.File), _http, _time)).FindAsync(read.Kid, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            return TokenResult.Refuse(e.Message);
        }

        var now = _time.GetUtcNow().UtcDateTime;
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = issuer.Url,
            ValidAudience = issuer.Audience,
            ValidAlgorithms = Algorithms,
            IssuerSigningKeys = keys,
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
            LifetimeValidator = (from, to, _, _) => !(from > now + ClockSkew) && to > now - ClockSkew,
        });
        if (!result.IsValid)
            return TokenResult.Refuse(Explain(result.Exception, read, issuer, now));
        return ServiceAccount.Parse(read.Subject) is { } account
            ? TokenResult.Of(issuer, account)
            : TokenResult.Refuse($"`{Shorten(read.Subject)}` is not a service account");
    }

    private static IssuerFile? FileOf(string? path) => path is null ? null
        : new IssuerFile(() => FileVersion.Of(path), () => RegularFile.ReadText(path, IssuerKeys.MaxBytes));

    private async Task<TokenResult> ReviewAsync(string token, TokenIssuer issuer, Func<string, ClusterClient?> clusters,
        CancellationToken cancellationToken)
    {
        var key = Convert.ToHexString(SHA256.HashData(
            Encoding.UTF8.GetBytes($"{issuer.Url}\n{issuer.Cluster}\n{issuer.Audience}\n{token}")));
        if (_reviews.TryGetValue(key, out var known) && _time.GetElapsedTime(known.At) < ReviewFresh)
            return known.Result;
        if (clusters(issuer.Cluster!) is not { } cluster)
            return TokenResult.Refuse($"cluster {issuer.Cluster} cannot be asked now");
        TokenResult result;
        try
        {
            var review = await cluster.CreateAsync(ApiResources.TokenReviews, new JsonObject
            {
                ["apiVersion"] = ApiResources.TokenReviews.ApiVersion,
                ["kind"] = ApiResources.TokenReviews.Kind,
                ["spec"] = new JsonObject { ["token"] = token, ["audiences"] = new JsonArray(issuer.Audience) },
            }, cancellationToken);
            result = ResultOf(review["status"], issuer);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or TimeoutException or IOException)
        {
            return TokenResult.Refuse($"cluster {issuer.Cluster} cannot be asked now: {e.Message}");
        }

        if (_reviews.Count >= MaxReviews)
            _reviews.Clear();
        _reviews[key] = (result, _time.GetTimestamp());
        return result;
    }

    private static TokenResult ResultOf(JsonNode? status, TokenIssuer issuer)
    {
        if ((bool?)status?["authenticated"] != true)
            return TokenResult.Refuse((string?)status?["error"] is { Length: > 0 } error
                ? $"the cluster says: {error}"
                : "the cluster does not know the token");

        // A server that does not know audiences answers without any: then the token may be for anything.
        if (status["audiences"] is not JsonArray audiences || !audiences.Any(a => (string?)a == issuer.Audience))
            return TokenResult.Refuse($"the token is not for the audience `{issuer.Audience}`");
        return ServiceAccount.Parse((string?)status["user"]?["username"]) is { } account
            ? TokenResult.Of(issuer, account)
            : TokenResult.Refuse("the token does not belong to a service account");
    }

    private static string Explain(Exception? fault, JsonWebToken read, TokenIssuer issuer, DateTime now) => fault switch
    {
        SecurityTokenInvalidAudienceException =>
            $"the token is for {string.Join(", ", read.Audiences.Select(a => $"`{Shorten(a)}`"))} " +
            $"and not for the audience `{issuer.Audience}`",
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException
        or SecurityTokenNoExpirationException =>
            read.ValidTo == DateTime.MinValue ? "the token never expires, which is not accepted"
            : read.ValidFrom > now ? $"the token is not valid before {read.ValidFrom:u}"
            : $"the token expired at {read.ValidTo:u}",
        SecurityTokenSignatureKeyNotFoundException => $"the issuer has no key `{Shorten(read.Kid ?? "")}`",
        SecurityTokenInvalidIssuerException => "the token was issued by another issuer",
        _ => "the signature is wrong",
    };

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
