namespace Meridian.Model.Verdicts;

/// <summary>What a person decided stands above what is found; that the two differ is worth knowing.</summary>
public static class OverrideDisagreement
{
    /// <summary>Null where they agree, or nothing is known.</summary>
    public static string? Of(OverrideState set, string verdict, string reason) => (set, verdict) switch
    {
        (OverrideState.Up, nameof(VerdictState.Down) or nameof(VerdictState.Draining)) =>
            $"health check disagrees: {verdict.ToLowerInvariant()}, {reason}",
        (OverrideState.Down, nameof(VerdictState.Up)) => "health check disagrees: up",
        _ => null,
    };
}
