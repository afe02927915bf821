namespace Meridian.Model.Verdicts;

/// <summary>
/// A person's word that stands above the verdict. Where several match an address, the latest one stands.
/// </summary>
/// <param name="Target">What it speaks of; also its identity: a new word on the same target replaces the old
/// one.</param>
/// <param name="State">What it says.</param>
/// <param name="Author">Who said so.</param>
/// <param name="Reason">Why.</param>
/// <param name="Created">When.</param>
/// <param name="Expires">When it ends by itself; null for never.</param>
public sealed record Override(
    OverrideTarget Target, OverrideState State, string Author, string Reason, DateTimeOffset Created,
    DateTimeOffset? Expires)
{
    public bool IsActive(DateTimeOffset now) => Expires is not { } end || now < end;

    /// <summary>The state that steering acts on.</summary>
    public VerdictState Effective => State switch
    {
        OverrideState.Up => VerdictState.Up,
        OverrideState.Down => VerdictState.Down,
        _ => VerdictState.Draining,
    };
}
