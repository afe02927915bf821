using System.Collections.Immutable;
using Meridian.Drill;

namespace Meridian.Demo;

/// <summary>What was seen during a state.</summary>
internal sealed record StateResult(DrillState State, ImmutableArray<DrillCheck> Checks)
{
    /// <summary>What was seen on one way.</summary>
    public StateResult Of(DrillWay way) => this with { Checks = [.. Checks.Where(c => c.Way == way)] };

    /// <summary>Whether the last check was served by the expected site, or by none where none was expected.</summary>
    public bool Right =>
        Checks.Length > 0 && (State.Expected is null ? !Checks[^1].Ok : Checks[^1].Ok
            && Checks[^1].Site == State.Expected);

    /// <summary>
    /// Seconds from the first failed check to the next success within the state; null where none failed.
    /// </summary>
    public double? Downtime
    {
        get
        {
            if (State.Expected is null || Checks.FirstOrDefault(c => !c.Ok) is not { } failed)
                return null;
            var next = Checks.FirstOrDefault(c => c.Ok && c.At > failed.At) ?? Checks[^1];
            return Math.Round((next.At - failed.At).TotalSeconds, 2);
        }
    }

    /// <summary>
    /// Seconds from the start of the state to the first check that the expected site served; null where it never did.
    /// </summary>
    public double? Settled =>
        State.Expected is not null && Checks.FirstOrDefault(c => c.Ok && c.Site == State.Expected) is { } first
        ? Math.Round((first.At - Checks[0].At).TotalSeconds, 1)
        : null;
}
