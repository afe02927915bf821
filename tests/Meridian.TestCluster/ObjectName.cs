namespace Meridian.TestCluster;

/// <summary>Which object: its type, its namespace (empty for none) and its name.</summary>
public readonly record struct ObjectName(ServedType Type, string Namespace, string Name);
