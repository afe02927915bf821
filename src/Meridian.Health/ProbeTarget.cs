using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>Something to probe, and how.</summary>
public sealed record ProbeTarget(ProbeKey Key, HealthCheck Check);
