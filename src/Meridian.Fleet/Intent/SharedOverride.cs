using Meridian.Model.Verdicts;

namespace Meridian.Fleet.Intent;

/// <summary>An override as it stands in the shared store, under its target.</summary>
internal sealed record SharedOverride(
    OverrideState State, string Author, string Reason, DateTimeOffset Created, DateTimeOffset? Expires)
{
    /// <summary>Whether nothing is missing in it, as can be where another program wrote it.</summary>
    public bool IsWhole => Author is not null && Reason is not null && Enum.IsDefined(State);

    public static SharedOverride Of(Override value) =>
        new(value.State, value.Author, value.Reason, value.Created, value.Expires);

    public Override On(OverrideTarget target) => new(target, State, Author, Reason, Created, Expires);
}
