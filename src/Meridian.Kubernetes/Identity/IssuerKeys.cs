using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Meridian.Kubernetes.Identity;

/// <summary>
/// The keys of an issuer, by OpenID Connect discovery or from a file. Kept for a while, asked for again when a token
/// names one that is not known (but not in a storm), and kept on when the issuer cannot be reached.
/// </summary>
internal sealed class IssuerKeys(string issuer, string? file, HttpClient http, TimeProvider time)
{
    /// <summary>Keys that are older are asked for again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>Keys of an issuer that cannot be reached are believed this long.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromHours(24);

    /// <summary>Least time between two requests.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>Key sets and discovery documents are small.</summary>
    public const int MaxBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private Task _asking = Task.CompletedTask;
    private volatile Kept? _kept;
    private DateTimeOffset _askedAt = DateTimeOffset.MinValue;
    private string _fault = "not asked yet";

    /// <summary>
    /// The keys; those that are known where <paramref name="keyId"/> is among them and they are fresh.
    /// </summary>
    /// <exception cref="InvalidDataException">There are none; the message says why.</exception>
    public async Task<IReadOnlyList<SecurityKey>> FindAsync(string? keyId, CancellationToken cancellationToken)
    {
        if (IsGood(_kept, keyId))
            return _kept!.Keys;
        var now = time.GetUtcNow();
        Task asking;
        lock (_lock)
        {
            if (_asking.IsCompleted && now - _askedAt >= Pause)
            {
                _askedAt = now;
                _asking = AskAsync(now);
            }

            asking = _asking;
        }

        await asking.WaitAsync(cancellationToken);
        return _kept is { } kept
            && now - kept.At < Stale
            ? kept.Keys : throw new InvalidDataException($"the keys of {issuer} are not known: {_fault}");
    }

    private bool IsGood(Kept? kept, string? keyId) => kept is not null
        && time.GetUtcNow() - kept.At < Fresh && (keyId is null || kept.Keys.Any(k => k.KeyId == keyId))
        && (file is null || kept.Written == File.GetLastWriteTimeUtc(file));

    private async Task AskAsync(DateTimeOffset now)
    {
        try
        {
            var written = file is null ? default : File.GetLastWriteTimeUtc(file);
            var text = file is null ? await DiscoverAsync() : await File.ReadAllTextAsync(file);
            IReadOnlyList<SecurityKey> keys =
                [.. new JsonWebKeySet(text).GetSigningKeys()
                    .Where(k => k is AsymmetricSecurityKey or JsonWebKey { Kty: "RSA" or "EC" })];
            if (keys.Count == 0)
                throw new InvalidDataException("the key set holds no key that can be used");
            _kept = new Kept(now, written, keys);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException
            or JsonException or InvalidDataException or ArgumentException
            or OperationCanceledException or InvalidOperationException)
        {
            _fault = e.Message;
        }
    }

    // OpenID Connect Discovery 1.0, section 4: the document names its issuer, which must be the one that was asked.
    private async Task<string> DiscoverAsync()
    {
        using var document = JsonDocument.Parse(
            await GetAsync(new Uri($"{issuer.TrimEnd('/')}/.well-known/openid-configuration")));
        if (document.RootElement.GetProperty("issuer").GetString() != issuer)
            throw new InvalidDataException("the discovery document names another issuer");
        var keys = new Uri(document.RootElement.GetProperty("jwks_uri").GetString() ?? "");
        if (keys.Scheme != "https" && !keys.IsLoopback)
            throw new InvalidDataException($"the keys at {keys} would come without TLS");
        return await GetAsync(keys);
    }

    private async Task<string> GetAsync(Uri place)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        using var response = await http.GetAsync(place, HttpCompletionOption.ResponseContentRead, limit.Token);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(limit.Token);
    }

    private sealed record Kept(DateTimeOffset At, DateTime Written, IReadOnlyList<SecurityKey> Keys);
}
