using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Meridian.Kubernetes.Watching;

/// <summary>
/// Finds objects by a word that they hold, such as the Service that a slice belongs to. Written by one informer's loop,
/// read by all.
/// </summary>
public sealed class ObjectIndex<T>(Func<T, IEnumerable<string>> wordsOf) where T : class
{
    private readonly ConcurrentDictionary<string, ImmutableDictionary<ObjectKey, T>> _byWord = [];

    /// <summary>The objects that hold the word.</summary>
    public IEnumerable<T> Find(string word) => _byWord.TryGetValue(word, out var found) ? found.Values : [];

    /// <summary>Takes a change in; gives the words whose objects are others now.</summary>
    public ImmutableArray<string> Apply(Change<T> change)
    {
        string[] old = change.Before is { } before ? [.. wordsOf(before)] : [];
        string[] now = change.After is { } after ? [.. wordsOf(after)] : [];
        foreach (var word in old.Except(now))
        {
            var left = _byWord.GetValueOrDefault(word, ImmutableDictionary<ObjectKey, T>.Empty).Remove(change.Key);
            if (left.IsEmpty)
                _byWord.TryRemove(word, out _);
            else
                _byWord[word] = left;
        }

        foreach (var word in now)
            _byWord[word] = _byWord.GetValueOrDefault(word, ImmutableDictionary<ObjectKey, T>.Empty)
            .SetItem(change.Key, change.After!);
        return [.. old.Union(now)];
    }
}
