using System.Collections.Immutable;

namespace Meridian.Api.Contracts;

/// <summary>Which configuration is served.</summary>
/// <param name="LoadedAt">When it was loaded.</param>
/// <param name="Faults">What is wrong with a newer one on disk, which is not served.</param>
public sealed record ConfigurationStatus(DateTimeOffset LoadedAt, ImmutableArray<string> Faults);
