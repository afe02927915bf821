namespace Meridian.Model.Verdicts;

/// <summary>What all the evidence says of an address.</summary>
public enum VerdictState
{
    /// <summary>No probe has completed yet.</summary>
    Unknown,

    Up,

    Down,

    /// <summary>Healthy, and a person asked that it gets nothing new.</summary>
    Draining,
}
