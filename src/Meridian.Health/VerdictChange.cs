using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>A verdict that turned, or that came into doubt or out of it.</summary>
/// <param name="Key">The target.</param>
/// <param name="Before">The verdict before.</param>
/// <param name="After">The verdict now.</param>
public sealed record VerdictChange(ProbeKey Key, Verdict Before, Verdict After)
{
    /// <summary>Whether the state turned, and not only the doubt about it.</summary>
    public bool Turned => Before.State != After.State;
}
