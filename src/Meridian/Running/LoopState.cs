namespace Meridian.Running;

/// <summary>A loop of the node that must turn.</summary>
/// <param name="Name">Its name in the metrics.</param>
/// <param name="Stalled">What it means that it stands still, in one sentence; null while it turns.</param>
/// <param name="IsVital">Whether others should be asked in place of a node where it stands still.</param>
internal sealed record LoopState(string Name, string? Stalled, bool IsVital = true);
