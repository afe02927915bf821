namespace Meridian.Steering.Explaining;

/// <summary>The client as the server sees it.</summary>
/// <param name="Network">Its address and the bits that are known, as <c>198.51.100.0/24</c>.</param>
/// <param name="Place">Where it is, as text; null if that is not known.</param>
/// <param name="Country">Country code.</param>
/// <param name="Continent">Continent code.</param>
/// <param name="Latitude">Degrees north.</param>
/// <param name="Longitude">Degrees east.</param>
/// <param name="AutonomousSystem">AS number.</param>
/// <param name="Sources">The databases that this comes from.</param>
public sealed record ClientExplanation(
    string Network,
    string? Place,
    string? Country,
    string? Continent,
    double? Latitude,
    double? Longitude,
    uint? AutonomousSystem,
    IReadOnlyList<string> Sources);
