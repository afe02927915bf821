using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Meridian.Kubernetes.Writing;

/// <summary>
/// Writes events about objects (<c>events.k8s.io/v1</c>). The same event again becomes a count in the one that is
/// there, and one object gets no more than a few new ones in a while: an event is a remark, and a storm of them helps
/// nobody.
/// </summary>
public sealed class EventRecorder : IAsyncDisposable
{
    /// <summary>Events that may wait for the server; more are dropped.</summary>
    public const int MaxQueued = 1000;

    /// <summary>Different events of one object in <see cref="Window"/>.</summary>
    public const int MaxPerObject = 25;

    /// <summary>The same event within this time is counted; after it, it is a new one.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(6);

    private readonly ClusterClient _client;
    private readonly string _controller;
    private readonly string _instance;
    private readonly TimeProvider _time;
    private readonly Channel<Remark> _queue = Channel.CreateBounded<Remark>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Dictionary<Remark, Series> _series = [];
    private readonly Task _loop;

    /// <param name="client">The cluster.</param>
    /// <param name="controller">Who speaks, such as <c>meridian.dev/node</c>.</param>
    /// <param name="instance">Which one of them.</param>
    /// <param name="time">The clock.</param>
    public EventRecorder(ClusterClient client, string controller, string instance, TimeProvider time)
    {
        (_client, _controller, _instance, _time) = (client, controller, instance, time);
        _loop = Task.Run(WriteAsync);
    }

    /// <summary>Remarks something about an object; returns at once.</summary>
    public void Record(ApiResource resource, ObjectKey key, string? uid, bool warning, string reason, string action,
        string note) =>
        _queue.Writer.TryWrite(new Remark(resource, key, uid, warning, reason, action,
            note.Length <= 1024 ? note : note[..1024]));

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAny(_loop, Task.Delay(TimeSpan.FromSeconds(2)));
    }

    private async Task WriteAsync()
    {
        await foreach (var remark in _queue.Reader.ReadAllAsync())
        {
            try
            {
                await WriteAsync(remark);
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or TimeoutException or IOException)
            {
                // Whatever the event told of stands in the object's conditions as well.
                _series.Remove(remark);
            }
        }
    }

    private async Task WriteAsync(Remark remark)
    {
        var now = _time.GetUtcNow();
        foreach (var old in _series.Where(s => now - s.Value.Last > Window).Select(s => s.Key).ToArray())
            _series.Remove(old);
        if (_series.TryGetValue(remark, out var series))
        {
            _series[remark] = series = series with { Count = series.Count + 1, Last = now };
            await _client.MergeAsync(ApiResources.Events, series.Event, new JsonObject
            {
                ["series"] = new JsonObject { ["count"] = series.Count, ["lastObservedTime"] = MicroTime(now) },
            }, CancellationToken.None);
            return;
        }

        if (_series.Keys.Count(r => r.Resource == remark.Resource && r.Key == remark.Key) >= MaxPerObject)
            return;

        // Objects without a namespace have their events in `default`.
        var ns = remark.Key.Namespace.Length == 0 ? "default" : remark.Key.Namespace;
        var name = $"{remark.Key.Name}.{now.ToUnixTimeMilliseconds():x}{Random.Shared.Next(0x10000):x4}";
        _series[remark] = new Series(new ObjectKey(ns, name), 1, now);
        await _client.CreateAsync(ApiResources.Events, new JsonObject
        {
            ["apiVersion"] = ApiResources.Events.ApiVersion,
            ["kind"] = ApiResources.Events.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
            ["eventTime"] = MicroTime(now),
            ["reportingController"] = _controller,
            ["reportingInstance"] = _instance,
            ["action"] = remark.Action,
            ["reason"] = remark.Reason,
            ["type"] = remark.Warning ? "Warning" : "Normal",
            ["note"] = remark.Note,
            ["regarding"] = new JsonObject
            {
                ["apiVersion"] = remark.Resource.ApiVersion,
                ["kind"] = remark.Resource.Kind,
                ["name"] = remark.Key.Name,
                ["namespace"] = remark.Key.Namespace.Length == 0 ? null : remark.Key.Namespace,
                ["uid"] = remark.Uid,
            },
        }, CancellationToken.None);
    }

    private static string MicroTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private sealed record Remark(ApiResource Resource, ObjectKey Key, string? Uid, bool Warning, string Reason,
        string Action, string Note);

    private sealed record Series(ObjectKey Event, int Count, DateTimeOffset Last);
}
