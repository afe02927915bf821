using System.Collections.Immutable;

namespace Meridian.Running.Control;

/// <summary>What has come of preparing a batch of changes.</summary>
internal abstract record PreparationOutcome
{
    /// <summary>All of the batch can be committed, and what must be durable is.</summary>
    internal sealed record Ready(Prepared Prepared) : PreparationOutcome;

    /// <summary>Some changes are refused, and why; the others must be prepared again without them.</summary>
    internal sealed record Refused(ImmutableArray<(PendingChange Change, ChangeRefusal Refusal)> Changes)
        : PreparationOutcome;

    /// <summary>
    /// Several changes are not acceptable together: each must be prepared by itself to find out which.
    /// </summary>
    internal sealed record Divided : PreparationOutcome;

    /// <summary>A fault of the program's own; the one change that met it is not applied.</summary>
    internal sealed record Failed(Exception Fault) : PreparationOutcome;
}
