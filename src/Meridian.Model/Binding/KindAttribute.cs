namespace Meridian.Model.Binding;

/// <summary>Names a record as a resource kind.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KindAttribute(string name, string description) : Attribute
{
    public string Name { get; } = name;

    public string Description { get; } = description;
}
