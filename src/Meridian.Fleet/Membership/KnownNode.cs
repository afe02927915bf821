namespace Meridian.Fleet.Membership;

/// <summary>
/// A node that has joined the cluster at some time. It stays known when its session ends, so that people see which one
/// is missing, until one of them says that it is to be forgotten.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Region">The region that it judged from when it was here last.</param>
/// <param name="Version">Its version of Meridian at that time.</param>
public sealed record KnownNode(string Name, string Region, string Version);
