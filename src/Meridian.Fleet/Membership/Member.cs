namespace Meridian.Fleet.Membership;

/// <summary>A node as it tells the others of itself, for as long as its session lasts.</summary>
/// <param name="Name">Its name; no two nodes may have the same.</param>
/// <param name="Process">Number of the process, by which two nodes of one name find each other out.</param>
/// <param name="Region">The region that it judges from.</param>
/// <param name="Version">Its version of Meridian.</param>
/// <param name="Started">When it was started.</param>
/// <param name="Illness">Why it does not believe its own probes at present; null while it does.</param>
public sealed record Member(
    string Name, string Process, string Region, string Version, DateTimeOffset Started, string? Illness);
