namespace Meridian.Model.Binding;

/// <summary>
/// Marks a property as a field of a resource. The same attribute feeds the reader (ranges), the reference
/// documentation and the schema, so that the three cannot disagree.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(string description) : Attribute
{
    /// <summary>One sentence for the reference page, without a closing full stop.</summary>
    public string Description { get; } = description;

    /// <summary>Smallest allowed value, written as in YAML (<c>100ms</c>, <c>1</c>); null for none.</summary>
    public string? Min { get; init; }

    /// <summary>Largest allowed value, written as in YAML; null for none.</summary>
    public string? Max { get; init; }

    /// <summary>What the default is when it cannot be read off the property's initial value.</summary>
    public string? Default { get; init; }

    /// <summary>The name in YAML where it is not the property's name in camel case.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Whether it is the path of a file or folder. A relative one starts at the folder of the file that the resource
    /// stands in; an object in a cluster lies in no folder and needs a full path.
    /// </summary>
    public bool IsPath { get; init; }

    /// <summary>
    /// Most items of a list, for the schema; Kubernetes wants to know what a rule about each of them may cost.
    /// </summary>
    public int MaxItems { get; init; } = 10_000;
}
