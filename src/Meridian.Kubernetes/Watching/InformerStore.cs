using System.Collections.Concurrent;
using System.Text.Json;

namespace Meridian.Kubernetes.Watching;

/// <summary>
/// The objects that an informer knows, as <paramref name="project"/> makes them. Written by the informer's loop, read
/// by anyone; every difference is passed to <paramref name="changed"/>.
/// </summary>
internal sealed class InformerStore<T>(Func<JsonElement, T?> project, Action<ObjectChange<T>> changed) where T : class
{
    private readonly ConcurrentDictionary<ObjectKey, Projected> _objects = [];

    public int Count => _objects.Count;

    public IEnumerable<KeyValuePair<ObjectKey, T>> All =>
        _objects.Select(p => new KeyValuePair<ObjectKey, T>(p.Key, p.Value.Object));

    public T? Find(ObjectKey key) => _objects.TryGetValue(key, out var found) ? found.Object : null;

    /// <summary>Adds or replaces an object; one that is projected to null is removed.</summary>
    public ObjectKey Put(JsonElement document)
    {
        var key = ObjectKey.Of(document);
        var version = document.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
        var before = _objects.GetValueOrDefault(key);
        if (before?.Version == version)
            return key;
        if (project(document) is not { } projected)
        {
            Remove(key);
            return key;
        }

        _objects[key] = new Projected(version, projected);
        changed(new ObjectChange<T>(key, before?.Object, projected));
        return key;
    }

    public void Remove(ObjectKey key)
    {
        if (_objects.TryRemove(key, out var removed))
            changed(new ObjectChange<T>(key, removed.Object, null));
    }

    /// <summary>Removes everything that a whole list does not hold: it was deleted while nobody watched.</summary>
    public void KeepOnly(HashSet<ObjectKey> listed)
    {
        foreach (var key in _objects.Keys.Where(k => !listed.Contains(k)).ToArray())
            Remove(key);
    }

    private sealed record Projected(string Version, T Object);
}
