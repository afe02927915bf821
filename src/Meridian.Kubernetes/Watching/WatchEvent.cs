using System.Text.Json;

namespace Meridian.Kubernetes.Watching;

/// <summary>One event of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Document">The object, or for <see cref="WatchEventType.Error"/> a Status.</param>
public sealed record WatchEvent(WatchEventType Type, JsonElement Document);
