namespace Meridian.Api.Contracts;

/// <summary>A node of a cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Region">The region that it judges from.</param>
/// <param name="Version">Its version of Meridian.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="Illness">Why it has no opinion at present; null where it has one.</param>
/// <param name="Asked">Whether it is the node that was asked.</param>
/// <param name="Down">Targets that it says are down, one by one or with their site.</param>
public sealed record MemberStatus(string Name, string Region, string Version, DateTimeOffset StartedAt,
    string? Illness, bool Asked, int Down);
