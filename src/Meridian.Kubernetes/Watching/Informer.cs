using System.Collections.Concurrent;
using System.Text.Json;

namespace Meridian.Kubernetes.Watching;

/// <summary>
/// Keeps the objects of one resource of one cluster, as the server has them. It lists (as a stream where the server can
/// do that, else page by page), watches from there with bookmarks, goes on where a broken watch ended, and lists anew
/// when that version is no longer kept; what is gone by then is found by difference. Objects are kept as what
/// <c>project</c> makes of them, so that ten thousand cost what is needed of them and no more.
/// </summary>
public sealed class Informer<T> : IAsyncDisposable where T : class
{
    /// <summary>Marks the bookmark at the end of a streamed list (KEP-3157).</summary>
    private const string InitialEventsEnd = "k8s.io/initial-events-end";

    private readonly ClusterClient _client;
    private readonly ApiResource _resource;
    private readonly InformerOptions _options;
    private readonly Func<JsonElement, T?> _project;
    private readonly Action<Change<T>> _changed;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<ObjectKey, Entry> _store = [];
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private volatile Contact _contact = new(null, Contact.NotAsked);
    private Task _loop = Task.CompletedTask;
    private string? _version;
    private bool _streams = true;
    private long _lists;
    private int _failures;
    private int _expirations;

    /// <param name="client">The cluster.</param>
    /// <param name="resource">What is watched.</param>
    /// <param name="options">How.</param>
    /// <param name="project">Makes of an object what is kept; null leaves the object out.</param>
    /// <param name="changed">Is told of every difference, on the informer's loop, in order; must be quick and not
    /// throw.</param>
    /// <param name="time">The clock.</param>
    public Informer(ClusterClient client, ApiResource resource, InformerOptions options,
        Func<JsonElement, T?> project, Action<Change<T>> changed, TimeProvider time)
    {
        (_client, _resource, _options, _project, _changed, _time) = (client, resource, options, project, changed, time);
    }

    /// <summary>Is told when the contact is lost or found again.</summary>
    public event Action<Contact>? ContactChanged;

    /// <summary>Completed when every object is known for the first time.</summary>
    public Task Synced => _synced.Task;

    public Contact Contact => _contact;

    public int Count => _store.Count;

    /// <summary>Full lists since the start: one, unless versions were lost.</summary>
    public long Lists => Volatile.Read(ref _lists);

    public IEnumerable<KeyValuePair<ObjectKey, T>> Objects =>
        _store.Select(p => new KeyValuePair<ObjectKey, T>(p.Key, p.Value.Object));

    public T? Find(ObjectKey key) => _store.TryGetValue(key, out var entry) ? entry.Object : null;

    public void Start() => _loop = Task.Run(() => RunAsync(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _synced.TrySetCanceled();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (_version is null)
                    await ListAsync(cancellationToken);
                else
                    await WatchAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!await RecoverAsync(e, cancellationToken))
                    return;
            }
        }
    }

    private async Task<bool> RecoverAsync(Exception e, CancellationToken cancellationToken)
    {
        if (e is ApiException { IsExpired: true })
            _version = null;

        // A server that has forgotten a version is well; it is asked again at once, but not in a storm.
        if (e is not ApiException { IsExpired: true } || _expirations > 3)
            Lose(e is ApiException api ? $"{(int)api.Status}: {api.Message}" : e.Message);
        var tries = e is ApiException { IsExpired: true } ? _expirations++ : _failures++;
        var limit = _options.MinBackoff * Math.Pow(2, Math.Min(tries, 20));
        var delay = (limit < _options.MaxBackoff ? limit : _options.MaxBackoff) * Random.Shared.NextDouble();
        if (e is ApiException { RetryAfter: { } asked } && asked > delay)
            delay = asked < _options.MaxBackoff ? asked : _options.MaxBackoff;
        try
        {
            await Task.Delay(delay, _time, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lists);
        if (_streams)
        {
            try
            {
                await StreamAsync(cancellationToken);
                return;
            }
            catch (ApiException e) when ((int)e.Status is 400 or 422 or 404 or 405 && !e.IsNotFound)
            {
                _streams = false; // a server older than 1.32, or without the feature
            }
        }

        var seen = new HashSet<ObjectKey>();
        string? next = null;
        string version;
        do
        {
            using var page = await _client.ListAsync(_resource, _options.Namespace,
                Query($"limit={_options.PageSize}", next is null ? null : $"continue={Uri.EscapeDataString(next)}"),
                cancellationToken);
            var metadata = page.RootElement.GetProperty("metadata");
            version = metadata.GetProperty("resourceVersion").GetString()!;
            next = metadata.TryGetProperty("continue", out var more)
                && more.GetString() is { Length: > 0 } text ? text : null;
            foreach (var item in page.RootElement.GetProperty("items").EnumerateArray())
                seen.Add(Put(item));
            Hear();
        }
        while (next is not null);
        Complete(seen, version);
    }

    // One request gives all objects and then what changes: no pages, and no list that the server must build.
    private async Task StreamAsync(CancellationToken cancellationToken)
    {
        HashSet<ObjectKey>? seen = [];
        await foreach (var happened in _client.WatchAsync(_resource, _options.Namespace,
            Query("watch=true", "sendInitialEvents=true", "resourceVersionMatch=NotOlderThan",
                "allowWatchBookmarks=true", Lifetime()), _options.Idle, _time, cancellationToken))
        {
            Take(happened);
            if (seen is null)
                continue;
            if (happened.Type != WatchEventType.Bookmark)
            {
                if (happened.Type != WatchEventType.Deleted)
                    seen.Add(ObjectKey.Of(happened.Document));
                _version = null; // until all are told, there is nothing to go on from
                continue;
            }

            if (IsInitialEnd(happened.Document))
            {
                Complete(seen, _version!);
                seen = null;
            }
        }

        if (seen is not null)
        {
            // An old server ignores what it does not know and tells no end; what it told is no whole list.
            _version = null;
            _streams = false;
        }
    }

    private static bool IsInitialEnd(JsonElement document) =>
        document.GetProperty("metadata").TryGetProperty("annotations", out var annotations)
        && annotations.TryGetProperty(InitialEventsEnd, out var end) && end.GetString() == "true";

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await foreach (var happened in _client.WatchAsync(_resource, _options.Namespace,
            Query("watch=true", $"resourceVersion={Uri.EscapeDataString(_version!)}", "allowWatchBookmarks=true",
                Lifetime()), _options.Idle, _time, cancellationToken))
        {
            Take(happened);
            _expirations = 0;
        }
    }

    private void Take(WatchEvent happened)
    {
        if (happened.Type == WatchEventType.Error)
        {
            var code = happened.Document.TryGetProperty("code", out var number)
                && number.TryGetInt32(out var value) ? value : 500;
            throw new ApiException((System.Net.HttpStatusCode)code,
                happened.Document.TryGetProperty("reason", out var reason) ? reason.GetString() ?? "" : "",
                happened.Document.TryGetProperty("message", out var message)
                ? message.GetString() ?? "" : "the watch failed");
        }

        _version = happened.Document.GetProperty("metadata").GetProperty("resourceVersion").GetString();
        Hear();
        if (happened.Type == WatchEventType.Deleted)
            Remove(ObjectKey.Of(happened.Document));
        else if (happened.Type != WatchEventType.Bookmark)
            Put(happened.Document);
    }

    private ObjectKey Put(JsonElement document)
    {
        var key = ObjectKey.Of(document);
        var version = document.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
        var before = _store.GetValueOrDefault(key);
        if (before?.Version == version)
            return key;
        if (_project(document) is not { } projected)
        {
            Remove(key);
            return key;
        }

        _store[key] = new Entry(version, projected);
        _changed(new Change<T>(key, before?.Object, projected));
        return key;
    }

    private void Remove(ObjectKey key)
    {
        if (_store.TryRemove(key, out var gone))
            _changed(new Change<T>(key, gone.Object, null));
    }

    // What the list does not have was deleted while nobody looked.
    private void Complete(HashSet<ObjectKey> seen, string version)
    {
        foreach (var key in _store.Keys.Where(k => !seen.Contains(k)).ToArray())
            Remove(key);
        _version = version;
        Hear();
        _synced.TrySetResult();
    }

    private void Hear()
    {
        var found = _contact.Fault is not null;
        _failures = 0;
        _contact = new Contact(_time.GetUtcNow(), null);
        if (found)
            ContactChanged?.Invoke(_contact);
    }

    private void Lose(string fault)
    {
        var lost = _contact.Fault is null || _contact.HeardAt is null;
        _contact = new Contact(_contact.HeardAt, fault);
        if (lost)
            ContactChanged?.Invoke(_contact);
    }

    // Watches end at different times, so that a server's restart is not followed by all of them at once.
    private static string Lifetime() => $"timeoutSeconds={Random.Shared.Next(300, 600)}";

    private string Query(params ReadOnlySpan<string?> parts)
    {
        var all = new List<string>();
        foreach (var part in parts)
        {
            if (part is not null)
                all.Add(part);
        }

        if (_options.LabelSelector is { } selector)
            all.Add($"labelSelector={Uri.EscapeDataString(selector)}");
        if (_options.FieldSelector is { } fields)
            all.Add($"fieldSelector={Uri.EscapeDataString(fields)}");
        return string.Join('&', all);
    }

    private sealed record Entry(string Version, T Object);
}
