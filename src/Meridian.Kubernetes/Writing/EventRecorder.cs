using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Meridian.Kubernetes.Writing;

/// <summary>
/// Writes events about objects (<c>events.k8s.io/v1</c>). A repeated event increases the count of the one that was
/// written, and the number of different events of one object is limited, because a storm of events helps nobody.
/// </summary>
public sealed class EventRecorder : IAsyncDisposable
{
    /// <summary>Number of events that may wait for the server; further ones are dropped.</summary>
    public const int MaxQueued = 1000;

    /// <summary>Number of different events of one object within <see cref="Window"/>.</summary>
    public const int MaxPerObject = 25;

    /// <summary>The same event within this time increases the count; later it is a new one.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(6);

    private readonly ClusterClient _client;
    private readonly string _controller;
    private readonly string _instance;
    private readonly TimeProvider _time;
    private readonly Channel<Remark> _queue = Channel.CreateBounded<Remark>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Dictionary<Remark, WrittenEvent> _written = [];
    private readonly Task _loop;

    /// <param name="client">The cluster.</param>
    /// <param name="controller">The controller that reports, such as <c>meridian.dev/node</c>.</param>
    /// <param name="instance">Which instance of it.</param>
    /// <param name="time">The clock.</param>
    public EventRecorder(ClusterClient client, string controller, string instance, TimeProvider time)
    {
        (_client, _controller, _instance, _time) = (client, controller, instance, time);
        _loop = Task.Run(WriteAsync);
    }

    /// <summary>Records an event about an object; returns at once.</summary>
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
                // What the event says is in the object's conditions as well.
                _written.Remove(remark);
            }
        }
    }

    private async Task WriteAsync(Remark remark)
    {
        var now = _time.GetUtcNow();
        foreach (var old in _written.Where(s => now - s.Value.Last > Window).Select(s => s.Key).ToArray())
            _written.Remove(old);
        if (_written.TryGetValue(remark, out var before))
        {
            var again = _written[remark] = before with { Count = before.Count + 1, Last = now };
            await _client.MergeAsync(ApiResources.Events, again.Key, new JsonObject
            {
                ["series"] = new JsonObject { ["count"] = again.Count, ["lastObservedTime"] = MicroTime(now) },
            }, CancellationToken.None);
            return;
        }

        if (_written.Keys.Count(r => r.Resource == remark.Resource && r.Key == remark.Key) >= MaxPerObject)
            return;

        // Objects without a namespace have their events in `default`.
        var ns = remark.Key.Namespace.Length == 0 ? "default" : remark.Key.Namespace;
        var name = $"{remark.Key.Name}.{now.ToUnixTimeMilliseconds():x}{Random.Shared.Next(0x10000):x4}";
        _written[remark] = new WrittenEvent(new ObjectKey(ns, name), 1, now);
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

    private sealed record WrittenEvent(ObjectKey Key, int Count, DateTimeOffset Last);
}
