using System.Collections.Immutable;

namespace Meridian.Model.Joining;

/// <summary>A configuration with the contributions that could join it.</summary>
/// <param name="Resources">The configuration, with the endpoints and pools that were made of contributions.</param>
/// <param name="Refused">Source → why its contribution is refused.</param>
public sealed record Joined(ResourceSet Resources, ImmutableDictionary<string, string> Refused);
