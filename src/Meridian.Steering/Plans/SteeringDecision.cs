namespace Meridian.Steering.Plans;

/// <summary>What was decided for one client at one moment.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Count">Number of picks written.</param>
/// <param name="ScopeBits">The widest client prefix for which it is the same; 0 where the client does not
/// matter.</param>
/// <param name="AllDown">Whether no pool serves, so that <c>whenAllDown</c> decided.</param>
public readonly record struct SteeringDecision(Outcome Outcome, int Count, byte ScopeBits, bool AllDown);
