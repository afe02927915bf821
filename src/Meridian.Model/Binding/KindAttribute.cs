namespace Meridian.Model.Binding;

/// <summary>Makes a record a resource kind, which has the record's name.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KindAttribute(string description) : Attribute
{
    /// <summary>One sentence for the reference page and the schema.</summary>
    public string Description { get; } = description;

    /// <summary>Name of the kind in paths of the Kubernetes API, where it is not the name with an `s`.</summary>
    public string? Plural { get; init; }

    /// <summary>What a person may type in its place; null for nothing shorter.</summary>
    public string? ShortName { get; init; }
}
