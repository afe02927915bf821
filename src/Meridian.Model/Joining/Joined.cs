using System.Collections.Immutable;

namespace Meridian.Model.Joining;

/// <summary>A configuration with what was offered.</summary>
/// <param name="Resources">Endpoints and pools, those that were made of contributions among them.</param>
/// <param name="Refused">Source → why its contribution is not taken.</param>
public sealed record Joined(ResourceSet Resources, ImmutableDictionary<string, string> Refused);
