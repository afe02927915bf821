namespace Meridian.Model.Binding;

/// <summary>Names a record as a resource kind.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KindAttribute(string name, string description) : Attribute
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    /// <summary>Name of the kind in paths of the Kubernetes API.</summary>
    public string Plural { get; init; } = name.ToLowerInvariant() + "s";

    /// <summary>What a person may type in its place; null for nothing shorter.</summary>
    public string? ShortName { get; init; }
}
