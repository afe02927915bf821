namespace Meridian.Model;

/// <summary>A resource as others name it.</summary>
public readonly record struct ResourceReference(string Kind, string Name);
