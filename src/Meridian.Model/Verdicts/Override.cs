namespace Meridian.Model.Verdicts;

/// <summary>
/// A state that a person sets above the verdict. Where several match an address, the latest one counts.
/// </summary>
/// <param name="Target">The addresses that it is for; also its identity: a new override of the same target replaces the
/// old one.</param>
/// <param name="State">The state that the person sets.</param>
/// <param name="Author">The person.</param>
/// <param name="Reason">Why it was set, in the person's words.</param>
/// <param name="Created">When it was set.</param>
/// <param name="Expires">When it ends by itself; null for never.</param>
public sealed record Override(
    OverrideTarget Target, OverrideState State, string Author, string Reason, DateTimeOffset Created,
    DateTimeOffset? Expires)
{
    /// <summary>
    /// Whether it holds at one node alone, although nodes share a store: it was set while the store was away.
    /// </summary>
    public bool IsLocal { get; init; }

    /// <summary>Whether it still counts: from its expiry on it does not.</summary>
    public bool IsActive(DateTimeOffset now) => Expires is not { } end || now < end;

    /// <summary>The state that steering acts on.</summary>
    public VerdictState Effective => State switch
    {
        OverrideState.Up => VerdictState.Up,
        OverrideState.Down => VerdictState.Down,
        OverrideState.Drain => VerdictState.Draining,
    };
}
