using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Meridian.Kubernetes.Watching;

/// <summary>
/// Finds objects by a term that they hold, such as the Service that a slice belongs to. Written by one informer's loop,
/// read by anyone.
/// </summary>
public sealed class ObjectIndex<T>(Func<T, IEnumerable<string>> termsOf) where T : class
{
    private readonly ConcurrentDictionary<string, ImmutableDictionary<ObjectKey, T>> _byTerm = [];

    /// <summary>The objects that hold the term.</summary>
    public IEnumerable<T> Find(string term) => _byTerm.TryGetValue(term, out var found) ? found.Values : [];

    /// <summary>Applies a change; returns the terms whose objects are different now.</summary>
    public ImmutableArray<string> Apply(ObjectChange<T> change)
    {
        string[] old = change.Before is { } before ? [.. termsOf(before)] : [];
        string[] now = change.After is { } after ? [.. termsOf(after)] : [];
        foreach (var term in old.Except(now))
        {
            var left = _byTerm.GetValueOrDefault(term, ImmutableDictionary<ObjectKey, T>.Empty).Remove(change.Key);
            if (left.IsEmpty)
                _byTerm.TryRemove(term, out _);
            else
                _byTerm[term] = left;
        }

        foreach (var term in now)
        {
            var others = _byTerm.GetValueOrDefault(term, ImmutableDictionary<ObjectKey, T>.Empty);
            _byTerm[term] = others.SetItem(change.Key, change.After!);
        }

        return [.. old.Union(now)];
    }
}
