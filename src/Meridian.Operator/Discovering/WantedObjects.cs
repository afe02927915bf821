using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Model;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>Which objects of clusters a configuration refers to, by name or by labels.</summary>
internal sealed class WantedObjects
{
    private readonly FrozenSet<ClusterReference> _named;
    private readonly ImmutableArray<Selection> _selected;

    private WantedObjects(IReadOnlyCollection<AddressSource> sources)
    {
        _named = sources.Where(s => s.Reference is not null).Select(s => s.Reference!.Value).ToFrozenSet();
        _selected = [.. sources.Select(Selection.Of).OfType<Selection>()];
    }

    public static WantedObjects None { get; } = new([]);

    public static WantedObjects Of(ResourceSet resources) =>
        new([.. resources.Pools.Values.SelectMany(p => p.Addresses).Select(a => a.From).OfType<AddressSource>()]);

    public bool Contains(ClusterReference reference, IReadOnlyDictionary<string, string> labels) =>
        _named.Contains(reference) || _selected.Any(s => s.Matches(reference, labels));
}
