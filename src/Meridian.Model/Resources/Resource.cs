namespace Meridian.Model.Resources;

/// <summary>What every resource has.</summary>
public abstract record Resource
{
    /// <summary>Unique among the resources of its kind: lower-case letters, digits, <c>-</c> and <c>.</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it was read.</summary>
    public Location Location { get; init; }
}
