using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Meridian.Kubernetes.Identity;

/// <summary>
/// The keys of an issuer, by OpenID Connect discovery or from a file. They are cached, fetched again when a token names
/// an unknown key (at a limited rate), and kept for longer while the issuer cannot be reached. A request that asks for
/// them reads no file itself, and waits for a mount that hangs no longer than for an issuer that does not answer.
/// </summary>
internal sealed class IssuerKeys(string issuer, IssuerFile? file, HttpClient http, TimeProvider time)
{
    /// <summary>Older keys are fetched again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>How long the keys of an issuer that cannot be reached are trusted.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromHours(24);

    /// <summary>Shortest time between two fetches.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>The largest key set or discovery document that is read.</summary>
    public const int MaxBytes = KeySet.MaxBytes;

    /// <summary>How long a request waits to learn whether a file has changed. Then what is known counts.</summary>
    public static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long a request waits for keys.</summary>
    public static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(15);

    // Held while a task is begun, and never while one reads.
    private readonly Lock _lock = new();
    private Task<string> _looking = Task.FromResult("");
    private Task _fetching = Task.CompletedTask;
    private volatile CachedKeys? _cached;
    private DateTimeOffset _fetchedAt = DateTimeOffset.MinValue;
    private string _fault = "not fetched yet";

    /// <summary>
    /// The keys, from the cache where they are fresh and <paramref name="keyId"/> is among them.
    /// </summary>
    /// <exception cref="InvalidDataException">There are no keys; the message says why.</exception>
    public async Task<IReadOnlyList<SecurityKey>> FindAsync(string? keyId, CancellationToken cancellationToken)
    {
        if (_cached is { } known && IsGood(known, keyId) && !await HasChangedAsync(known, cancellationToken))
            return known.Keys;
        var now = time.GetUtcNow();
        Task fetching;
        lock (_lock)
        {
            if (_fetching.IsCompleted && now - _fetchedAt >= Pause)
            {
                _fetchedAt = now;
                _fetching = Task.Run(() => FetchAsync(now), CancellationToken.None);
            }

            fetching = _fetching;
        }

        try
        {
            await fetching.WaitAsync(FetchLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            _fault = $"no answer within {FetchLimit.TotalSeconds:0} s";
        }

        return _cached is { } cached && now - cached.At < Stale
            ? cached.Keys
            : throw new InvalidDataException($"the keys of {issuer} are not known: {_fault}");
    }

    private bool IsGood(CachedKeys cached, string? keyId) =>
        time.GetUtcNow() - cached.At < Fresh && (keyId is null || cached.Keys.Any(k => k.KeyId == keyId));

    private async Task<bool> HasChangedAsync(CachedKeys cached, CancellationToken cancellationToken)
    {
        if (file is null)
            return false;
        Task<string> looking;
        lock (_lock)
        {
            if (_looking.IsCompleted)
                _looking = Task.Run(file.Version, CancellationToken.None);
            looking = _looking;
        }

        try
        {
            return await looking.WaitAsync(LookLimit, time, cancellationToken) != cached.Version;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task FetchAsync(DateTimeOffset now)
    {
        try
        {
            var version = file?.Version();
            var text = file is null ? await DiscoverAsync() : file.Read();
            _cached = new CachedKeys(now, version, KeySet.Read(text));
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

    private sealed record CachedKeys(DateTimeOffset At, string? Version, IReadOnlyList<SecurityKey> Keys);
}
