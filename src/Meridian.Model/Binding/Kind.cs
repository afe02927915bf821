using System.Collections.Frozen;
using System.Reflection;
using Meridian.Model.Resources;
using Meridian.Model.Validation;

namespace Meridian.Model.Binding;

/// <summary>A kind of resource: its names, the record that its documents are read into, and its rules.</summary>
public sealed class Kind
{
    private Kind(Type type, Action<Resource, ResourceSet, Reporter> check, Func<IEnumerable<Resource>, object> index)
    {
        (Type, Check, Index) = (type, check, index);
        var attribute = type.GetCustomAttribute<KindAttribute>()
            ?? throw new InvalidOperationException($"{type.Name} has no [Kind]");
        Name = type.Name;
        Plural = attribute.Plural ?? Name.ToLowerInvariant() + "s";
        ShortName = attribute.ShortName;
        Description = attribute.Description;
    }

    /// <summary>The name in the field <c>kind</c> of a document.</summary>
    public string Name { get; }

    /// <summary>Name of the kind in paths of the Kubernetes API.</summary>
    public string Plural { get; }

    /// <summary>What a person may type in its place; null for nothing shorter.</summary>
    public string? ShortName { get; }

    /// <summary>One sentence for the reference page and the schema.</summary>
    public string Description { get; }

    /// <summary>The record, a <see cref="Resource"/>.</summary>
    public Type Type { get; }

    /// <summary>Finds what is wrong with a resource of this kind that no single field shows.</summary>
    internal Action<Resource, ResourceSet, Reporter> Check { get; }

    /// <summary>Files resources of this kind by name; of two with the same name the last one stays.</summary>
    internal Func<IEnumerable<Resource>, object> Index { get; }

    /// <summary>A kind whose rules look at nothing but the resource.</summary>
    internal static Kind Of<T>(Action<T, Reporter> check) where T : Resource =>
        Of<T>((resource, _, report) => check(resource, report));

    /// <summary>A kind whose rules look at other resources too.</summary>
    /// <param name="check">The rules: what is checked, everything that it may refer to, and where faults go.</param>
    internal static Kind Of<T>(Action<T, ResourceSet, Reporter> check) where T : Resource =>
        new(
            typeof(T),
            (resource, set, report) => check((T)resource, set, report),
            resources => resources.Cast<T>().GroupBy(r => r.Name).ToFrozenDictionary(g => g.Key, g => g.Last()));
}
