using Meridian.Model.Verdicts;

namespace Meridian.Api.Contracts;

/// <summary>An override that is in force.</summary>
/// <param name="Target">The addresses that it is for.</param>
/// <param name="State">The state that they have by it.</param>
/// <param name="Author">Who set it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Created">When.</param>
/// <param name="Expires">When it ends by itself; null for never.</param>
/// <param name="Local">True where nodes share a store and it holds at the one that was asked alone; else null.</param>
public sealed record OverrideDocument(string Target, OverrideState State, string Author, string Reason,
    DateTimeOffset Created, DateTimeOffset? Expires, bool? Local = null)
{
    public static OverrideDocument Of(Override value) => new(value.Target.Text, value.State, value.Author, value.Reason,
        value.Created, value.Expires, value.IsLocal ? true : null);
}
