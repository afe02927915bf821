namespace Meridian.Api.Contracts;

/// <summary>A resource that is served.</summary>
public sealed record ResourceSummary(string Kind, string Name, string Where);
