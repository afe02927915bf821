using System.Globalization;
using System.Text.Json.Nodes;

namespace Meridian.TestCluster;

/// <summary>
/// The server's memory: objects, one revision that every change moves on, and a history that watches read from.
/// </summary>
public sealed class ObjectStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Type, string Namespace, string Name),
        (ObjectName Name, JsonObject Document)> _objects = [];
    private readonly Dictionary<(ObjectName Name, string Manager, string Part), HashSet<string>> _applied = [];
    private readonly List<StoreEvent> _events = [];
    private readonly List<ServedType> _types = [.. ServedType.BuiltIn];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _revision = 1;
    private long _compacted;

    public long Revision
    {
        get
        {
            lock (_lock)
                return _revision;
        }
    }

    public ServedType? TypeOf(string group, string version, string plural)
    {
        lock (_lock)
            return _types.FirstOrDefault(t => t.Group == group && t.Version == version && t.Plural == plural);
    }

    /// <summary>All types, for discovery.</summary>
    public IReadOnlyList<ServedType> Types
    {
        get
        {
            lock (_lock)
                return [.. _types];
        }
    }

    /// <summary>Forgets the history: whoever watches from before is told that its version has expired.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            _compacted = _revision;
            _events.Clear();
        }
    }

    public JsonObject? Find(ObjectName name)
    {
        lock (_lock)
            return _objects.TryGetValue(KeyOf(name), out var found) ? Copy(found.Document) : null;
    }

    /// <summary>
    /// Objects of a type in order and the revision that they are of.
    /// </summary>
    public (IReadOnlyList<JsonObject> Objects, long Revision) List(ServedType type, string? ns)
    {
        lock (_lock)
        {
            return ([.. _objects.Values
                .Where(o => o.Name.Type.Plural == type.Plural && o.Name.Type.Group == type.Group
                    && (ns is null || o.Name.Namespace == ns)).Select(o => Copy(o.Document))],
                _revision);
        }
    }

    public JsonObject Create(ObjectName name, JsonObject document)
    {
        lock (_lock)
        {
            if (_objects.ContainsKey(KeyOf(name)))
                throw new StatusException(409, "AlreadyExists", $"{name.Type.Plural} \"{name.Name}\" already exists");
            var stored = Copy(document);
            var metadata = stored["metadata"]!.AsObject();
            metadata["name"] = name.Name;
            if (name.Type.Namespaced)
                metadata["namespace"] = name.Namespace;
            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["creationTimestamp"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ",
                CultureInfo.InvariantCulture);
            metadata["generation"] = 1L;
            if (name.Type.Status)
                stored.Remove("status");
            Schema.Admit(name.Type, stored);
            return Put(name, stored, "ADDED", null);
        }
    }

    /// <summary>Changes an object by what <paramref name="change"/> makes of it.</summary>
    /// <param name="name">The object.</param>
    /// <param name="part"><c>status</c> for the status subresource, empty for all else.</param>
    /// <param name="change">Makes the new document of the old one.</param>
    public JsonObject Update(ObjectName name, string part, Func<JsonObject, JsonObject> change)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(KeyOf(name), out var found))
                throw new StatusException(404, "NotFound", $"{name.Type.Plural} \"{name.Name}\" not found");
            var before = found.Document;
            var wanted = change(Copy(before));
            if ((string?)wanted["metadata"]?["resourceVersion"] is { } version
                && version != (string?)before["metadata"]!["resourceVersion"])
                throw new StatusException(409, "Conflict",
                    $"Operation cannot be fulfilled on {name.Type.Plural} \"{name.Name}\": the object has been "
                        + "modified");
            if ((string?)wanted["metadata"]?["uid"] is { } uid && uid != (string?)before["metadata"]!["uid"])
                throw new StatusException(409, "Conflict", $"the UID in the precondition ({uid}) does not match");
            var after = Copy(before);
            if (part == "status")
            {
                after["status"] = wanted["status"]?.DeepClone();
            }
            else
            {
                after = Copy(wanted);
                after["metadata"] = Metadata(before["metadata"]!.AsObject(), wanted["metadata"]!.AsObject());
                if (name.Type.Status)
                    after["status"] = before["status"]?.DeepClone();
            }

            if (after["status"] is null)
                after.Remove("status");
            Schema.Admit(name.Type, after);
            if (!JsonNode.DeepEquals(after["spec"], before["spec"]))
                after["metadata"]!["generation"] = (long)before["metadata"]!["generation"]! + 1;
            if (JsonNode.DeepEquals(after, before))
                return Copy(before);
            return IsGone(after) ? Remove(name, after) : Put(name, after, "MODIFIED", before);
        }
    }

    /// <summary>
    /// Server-side apply: sets what the manager wants and removes what it wanted before and does not any more.
    /// </summary>
    public JsonObject Apply(ObjectName name, string part, string manager, JsonObject wanted)
    {
        lock (_lock)
        {
            if (!_objects.ContainsKey(KeyOf(name)))
            {
                if (part.Length > 0)
                    throw new StatusException(404, "NotFound", $"{name.Type.Plural} \"{name.Name}\" not found");
                var created = Create(name, wanted);
                _applied[(name, manager, part)] = Applying.PathsOf(wanted, part);
                return created;
            }

            var paths = Applying.PathsOf(wanted, part);
            var dropped = _applied.GetValueOrDefault((name, manager, part), []).Except(paths)
                .Where(p => !_applied.Any(a => a.Key.Name == name && a.Key != (name, manager, part)
                    && a.Value.Contains(p))).ToArray();
            var result = Update(name, part, live => Applying.Merge(live, wanted, dropped));
            _applied[(name, manager, part)] = paths;
            return result;
        }
    }

    public JsonObject Delete(ObjectName name, string? uid)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(KeyOf(name), out var found))
                throw new StatusException(404, "NotFound", $"{name.Type.Plural} \"{name.Name}\" not found");
            var document = Copy(found.Document);
            if (uid is not null && uid != (string?)document["metadata"]!["uid"])
                throw new StatusException(409, "Conflict", $"the UID in the precondition ({uid}) does not match");
            if (document["metadata"]!["deletionTimestamp"] is not null)
                return document;
            document["metadata"]!["deletionTimestamp"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ",
                CultureInfo.InvariantCulture);
            return IsGone(document) ? Remove(name, document) : Put(name, document, "MODIFIED", found.Document);
        }
    }

    /// <summary>
    /// The events after a revision, and what completes when there are more; null if they are no longer kept.
    /// </summary>
    internal (IReadOnlyList<StoreEvent> Events, Task More)? EventsAfter(long revision)
    {
        lock (_lock)
        {
            if (revision < _compacted)
                return null;
            return ([.. _events.SkipWhile(e => e.Revision <= revision)], _changed.Task);
        }
    }

    private JsonObject Put(ObjectName name, JsonObject document, string type, JsonObject? before)
    {
        document["metadata"]!["resourceVersion"] = (++_revision).ToString(CultureInfo.InvariantCulture);
        _objects[KeyOf(name)] = (name, document);
        Tell(new StoreEvent(_revision, type, name, document, before));
        if (name.Type.Kind == "CustomResourceDefinition")
            Define(document);
        return Copy(document);
    }

    private JsonObject Remove(ObjectName name, JsonObject document)
    {
        document["metadata"]!["resourceVersion"] = (++_revision).ToString(CultureInfo.InvariantCulture);
        _objects.Remove(KeyOf(name));
        foreach (var key in _applied.Keys.Where(k => k.Name == name).ToArray())
            _applied.Remove(key);
        Tell(new StoreEvent(_revision, "DELETED", name, document, document));
        return Copy(document);
    }

    private void Define(JsonObject definition)
    {
        var type = ServedType.Of(definition);
        _types.RemoveAll(t => t.Group == type.Group && t.Plural == type.Plural);
        _types.Add(type);
    }

    private void Tell(StoreEvent happened)
    {
        _events.Add(happened);
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }

    private static bool IsGone(JsonObject document) =>
        document["metadata"]!["deletionTimestamp"] is not null
        && document["metadata"]!["finalizers"] is not JsonArray { Count: > 0 };

    // What the server alone says stays as it was.
    private static JsonObject Metadata(JsonObject before, JsonObject wanted)
    {
        var result = wanted.DeepClone().AsObject();
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "creationTimestamp", "generation",
            "resourceVersion", "deletionTimestamp"])
        {
            if (before[field] is { } value)
                result[field] = value.DeepClone();
            else
                result.Remove(field);
        }

        return result;
    }

    private static (string, string, string) KeyOf(ObjectName name) =>
        ($"{name.Type.Group}/{name.Type.Plural}", name.Namespace, name.Name);

    // By way of its text: numbers that were made here and numbers that were read are then of one sort.
    private static JsonObject Copy(JsonObject document) => JsonNode.Parse(document.ToJsonString())!.AsObject();
}
