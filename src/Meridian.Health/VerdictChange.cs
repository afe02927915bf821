using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>A verdict that became another one, or got into or out of doubt.</summary>
/// <param name="Key">Whose verdict.</param>
/// <param name="Before">As it was.</param>
/// <param name="After">As it is.</param>
public sealed record VerdictChange(ProbeKey Key, Verdict Before, Verdict After)
{
    /// <summary>Whether the state itself turned.</summary>
    public bool Turned => Before.State != After.State;
}
