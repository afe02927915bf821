namespace Meridian.Model.Resources;

/// <summary>What every resource has.</summary>
public abstract record Resource
{
    /// <summary>Unique among the resources of its kind: lower-case letters, digits, <c>-</c> and <c>.</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it was read.</summary>
    public Location Location { get; init; }

    /// <summary>
    /// The resource as it was read from a file or object of the given age, for kinds with a default that depends on it.
    /// </summary>
    internal virtual Resource ReadAt(DateTimeOffset modified) => this;
}
