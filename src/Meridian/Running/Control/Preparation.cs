using System.Collections.Immutable;

namespace Meridian.Running.Control;

/// <summary>A batch of changes that is being prepared beside the control loop.</summary>
/// <param name="Batch">The changes.</param>
/// <param name="Outcome">What comes of it.</param>
internal sealed record Preparation(ImmutableArray<PendingChange> Batch, Task<PreparationOutcome> Outcome);
