using Meridian.Model.Verdicts;

namespace Meridian.Steering.Plans;

/// <summary>An address with its verdict and what a person said of it.</summary>
/// <param name="Shape">As configured.</param>
/// <param name="Verdict">What the evidence says.</param>
/// <param name="Override">A person's word above it, if any.</param>
public sealed record AddressPlan(AddressShape Shape, Verdict Verdict, Override? Override)
{
    /// <summary>What stands above the probes and is the verdict then; null where nothing does.</summary>
    public Verdict? Evidence { get; init; }

    /// <summary>The state that steering acts on.</summary>
    public VerdictState State => Override?.Effective ?? Verdict.State;

    public bool IsUp => State == VerdictState.Up;
}
