namespace Meridian.Api.Contracts;

/// <summary>A node of a cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Region">The region that it judges from.</param>
/// <param name="Version">Its version of Meridian; the last one that is known where it is not here.</param>
/// <param name="Here">Whether its session lasts.</param>
/// <param name="StartedAt">When it was started; null where it is not here.</param>
/// <param name="Illness">Why it has no opinion at present; null where it has one.</param>
/// <param name="Asked">Whether it is the node that was asked.</param>
/// <param name="Down">Targets that it says are down, one by one or with their site.</param>
/// <param name="Drain">What a person has decided of it; null for nothing.</param>
public sealed record MemberStatus(string Name, string Region, string Version, bool Here, DateTimeOffset? StartedAt,
    string? Illness, bool Asked, int Down, DrainStatus? Drain);
