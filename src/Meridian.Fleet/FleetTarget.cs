using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Fleet;

/// <summary>Something that the nodes judge together.</summary>
/// <param name="Key">What is probed.</param>
/// <param name="Check">How, and who judges.</param>
/// <param name="Site">The site whose clients it serves; null for none.</param>
public sealed record FleetTarget(ProbeKey Key, HealthCheck Check, string? Site);
