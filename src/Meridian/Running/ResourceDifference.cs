using System.Collections;
using System.Reflection;
using Meridian.Model;
using Meridian.Model.Binding;
using Meridian.Model.Resources;

namespace Meridian.Running;

/// <summary>Says what another version of a configuration changes.</summary>
internal static class ResourceDifference
{
    /// <summary>Names that are written out of each sort of change; the others are counted.</summary>
    private const int MaxNames = 5;

    public static string Of(ResourceSet before, ResourceSet after)
    {
        var (old, now) = (ByName(before), ByName(after));
        string[] parts =
        [
            .. Part("added", now.Keys.Where(k => !old.ContainsKey(k))),
            .. Part("removed", old.Keys.Where(k => !now.ContainsKey(k))),
            .. Part("changed", now.Where(n => old.TryGetValue(n.Key, out var was) && !Same(was, n.Value))
                .Select(n => n.Key)),
        ];
        return parts.Length == 0 ? "no resource is different" : string.Join("; ", parts);
    }

    private static Dictionary<string, Resource> ByName(ResourceSet resources) => resources.All
        .DistinctBy(NameOf).ToDictionary(NameOf);

    private static string NameOf(Resource resource) => $"{Kinds.Of(resource).Name} {resource.Name}";

    private static IEnumerable<string> Part(string verb, IEnumerable<string> names)
    {
        var all = names.ToArray();
        if (all.Length > 0)
            yield return $"{verb} {string.Join(", ", all.Take(MaxNames))}"
                + (all.Length > MaxNames ? $" and {all.Length - MaxNames} more" : "");
    }

    // Where a resource was read is no part of it; lists that are equal item by item are equal.
    private static bool Same(object? one, object? other)
    {
        if (one is null || other is null || one.GetType() != other.GetType())
            return one is null && other is null;
        if (one is string || one.GetType().IsPrimitive || one.GetType().IsEnum)
            return one.Equals(other);
        if (one is IEnumerable list)
            return list.Cast<object?>().SequenceEqual(((IEnumerable)other).Cast<object?>(), Comparer);
        return one.GetType().Namespace?.StartsWith("Meridian.", StringComparison.Ordinal) == true
            ? Properties(one.GetType()).All(p => Same(p.GetValue(one), p.GetValue(other)))
            : one.Equals(other);
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.PropertyType != typeof(Location) && p.GetIndexParameters().Length == 0);

    private static IEqualityComparer<object?> Comparer { get; } =
        EqualityComparer<object?>.Create(Same, _ => 0);
}
