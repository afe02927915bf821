using Meridian.Model.Verdicts;

namespace Meridian.Steering.Plans;

/// <summary>An address with its verdict and its override.</summary>
/// <param name="Shape">As configured.</param>
/// <param name="Verdict">What the evidence says.</param>
/// <param name="Override">What a person set above it, if anything.</param>
public sealed record AddressPlan(AddressShape Shape, Verdict Verdict, Override? Override)
{
    /// <summary>What its probes alone say.</summary>
    public Verdict Probed { get; init; } = Verdict;

    /// <summary>Evidence that stands above the probes and is the verdict then; null where there is none.</summary>
    public Verdict? Evidence { get; init; }

    /// <summary>The state that steering acts on.</summary>
    public VerdictState State => Override?.Effective ?? Verdict.State;

    public bool IsUp => State == VerdictState.Up;
}
