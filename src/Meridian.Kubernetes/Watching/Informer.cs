using System.Net;
using System.Text.Json;
using Meridian.Kubernetes.Queueing;

namespace Meridian.Kubernetes.Watching;

/// <summary>
/// Keeps the objects of one resource of one cluster, as the server has them. It lists (as a stream where the server can
/// do that, else page by page), watches from there with bookmarks, goes on where a broken watch ended, and lists anew
/// when that version is no longer kept; objects that were deleted in the meantime are found by difference. Only what
/// <c>project</c> makes of an object is kept, so that ten thousand objects cost no more memory than needed.
/// </summary>
public sealed class Informer<T> : IAsyncDisposable where T : class
{
    /// <summary>Marks the bookmark at the end of a streamed list (KEP-3157).</summary>
    private const string InitialEventsEnd = "k8s.io/initial-events-end";

    private readonly ClusterClient _client;
    private ApiResource _resource; // in the version that the server has
    private readonly InformerOptions _options;
    private readonly TimeProvider _time;
    private readonly InformerStore<T> _store;
    private readonly RetryDelays _delays;
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
    /// <param name="options">Which of its objects, and the time limits.</param>
    /// <param name="project">Makes what is kept of an object; null leaves the object out.</param>
    /// <param name="changed">
    /// Called for every difference, on the informer's loop, in order; must be quick and must not throw.
    /// </param>
    /// <param name="time">The clock.</param>
    public Informer(ClusterClient client, ApiResource resource, InformerOptions options,
        Func<JsonElement, T?> project, Action<ObjectChange<T>> changed, TimeProvider time)
    {
        (_client, _resource, _options, _time) = (client, resource, options, time);
        _store = new InformerStore<T>(project, changed);
        _delays = new RetryDelays { First = options.MinBackoff, Most = options.MaxBackoff };
    }

    /// <summary>Raised when the server is lost or reached again.</summary>
    public event Action<Contact>? ContactChanged;

    /// <summary>Completed when every object is known for the first time.</summary>
    public Task Synced => _synced.Task;

    public Contact Contact => _contact;

    public int Count => _store.Count;

    /// <summary>Full lists since the start: one, unless versions were lost.</summary>
    public long Lists => Volatile.Read(ref _lists);

    public IEnumerable<KeyValuePair<ObjectKey, T>> Objects => _store.All;

    public T? Find(ObjectKey key) => _store.Find(key);

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
                else if (!await WatchAsync(cancellationToken))
                    await PauseAsync(_delays.Of(++_failures), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                await RecoverAsync(e, cancellationToken);
            }
        }
    }

    private async Task RecoverAsync(Exception e, CancellationToken cancellationToken)
    {
        // A server that no longer keeps a version is healthy; it is asked again soon, but not over and over.
        var expired = e is ApiException { IsExpired: true };
        if (expired)
            _version = null;
        if (!expired || _expirations > 3)
            ReportFault(e is ApiException api ? $"{(int)api.Status}: {api.Message}" : e.Message);
        var tries = expired ? ++_expirations : ++_failures;

        // A kind that a cluster does not have in this version it may have in another.
        if (e is ApiException { IsNotFound: true } && _resource.OtherVersions.Length > 0)
            (_resource, _version) = (_resource.NextVersion, null);

        // A kind that a cluster does not have, or does not show, may never come.
        var delays = e is ApiException { Status: HttpStatusCode.NotFound or HttpStatusCode.Forbidden }
            ? _delays with { Most = _options.MaxAbsence } : _delays;
        var delay = delays.Of(tries) * Random.Shared.NextDouble();
        if (e is ApiException { RetryAfter: { } asked } && asked > delay)
            delay = asked < _options.MaxAbsence ? asked : _options.MaxAbsence;
        await PauseAsync(delay, cancellationToken);
    }

    private async Task PauseAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

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
            catch (ApiException e) when ((int)e.Status is 400 or 405 or 422)
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
                seen.Add(_store.Put(item));
            ReportContact();
        }
        while (next is not null);
        CompleteList(seen, version);
    }

    // One request gives all objects and then the changes: no pages, and no list that the server must build.
    private async Task StreamAsync(CancellationToken cancellationToken)
    {
        HashSet<ObjectKey>? seen = [];
        await foreach (var watchEvent in _client.WatchAsync(_resource, _options.Namespace,
            Query("watch=true", "sendInitialEvents=true", "resourceVersionMatch=NotOlderThan",
                "allowWatchBookmarks=true", Lifetime()), _options.Idle, _time, cancellationToken))
        {
            Apply(watchEvent);
            if (seen is null)
                continue;
            if (watchEvent.Type != WatchEventType.Bookmark)
            {
                if (watchEvent.Type != WatchEventType.Deleted)
                    seen.Add(ObjectKey.Of(watchEvent.Document));
                _version = null; // before the end of the list there is no version to go on from
                continue;
            }

            if (IsInitialEnd(watchEvent.Document))
            {
                CompleteList(seen, _version!);
                seen = null;
            }
        }

        if (seen is not null)
        {
            // An old server ignores the unknown parameters and never marks the end, so this was not a whole list.
            _version = null;
            _streams = false;
        }
    }

    private static bool IsInitialEnd(JsonElement document) =>
        document.GetProperty("metadata").TryGetProperty("annotations", out var annotations)
        && annotations.TryGetProperty(InitialEventsEnd, out var end) && end.GetString() == "true";

    // False for a watch that the server ended before it sent anything, which may happen again at once.
    private async Task<bool> WatchAsync(CancellationToken cancellationToken)
    {
        var heard = false;
        await foreach (var watchEvent in _client.WatchAsync(_resource, _options.Namespace,
            Query("watch=true", $"resourceVersion={Uri.EscapeDataString(_version!)}", "allowWatchBookmarks=true",
                Lifetime()), _options.Idle, _time, cancellationToken))
        {
            Apply(watchEvent);
            _expirations = 0;
            heard = true;
        }

        return heard;
    }

    private void Apply(WatchEvent watchEvent)
    {
        if (watchEvent.Type == WatchEventType.Error)
            throw Fault(watchEvent.Document);
        _version = watchEvent.Document.GetProperty("metadata").GetProperty("resourceVersion").GetString();
        ReportContact();
        if (watchEvent.Type == WatchEventType.Deleted)
            _store.Remove(ObjectKey.Of(watchEvent.Document));
        else if (watchEvent.Type != WatchEventType.Bookmark)
            _store.Put(watchEvent.Document);
    }

    private static ApiException Fault(JsonElement status)
    {
        var code = status.TryGetProperty("code", out var number) && number.TryGetInt32(out var value) ? value : 500;
        return new ApiException((HttpStatusCode)code, Text("reason") ?? "", Text("message") ?? "the watch failed");

        string? Text(string name) => status.TryGetProperty(name, out var text) ? text.GetString() : null;
    }

    private void CompleteList(HashSet<ObjectKey> seen, string version)
    {
        _store.KeepOnly(seen);
        _version = version;
        ReportContact();
        _synced.TrySetResult();
    }

    private void ReportContact()
    {
        var found = _contact.Fault is not null;
        _failures = 0;
        _contact = new Contact(_time.GetUtcNow(), null);
        if (found)
            ContactChanged?.Invoke(_contact);
    }

    private void ReportFault(string fault)
    {
        var lost = _contact.Fault is null || _contact.AnsweredAt is null;
        _contact = new Contact(_contact.AnsweredAt, fault);
        if (lost)
            ContactChanged?.Invoke(_contact);
    }

    // Watches end at different times, so that they do not all come back at once.
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
}
