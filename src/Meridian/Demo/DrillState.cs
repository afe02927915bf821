using System.Collections.Immutable;

namespace Meridian.Demo;

/// <summary>One state of the drill.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Switches">What is switched on entering it.</param>
/// <param name="Expected">The site that must serve at its end; null where nothing can.</param>
internal sealed record DrillState(string Name, ImmutableDictionary<string, SiteMode> Switches, string? Expected);
