using Meridian.Model.Verdicts;

namespace Meridian.Api.Contracts;

/// <summary>An override that is in force.</summary>
public sealed record OverrideDocument(
    string Target, OverrideState State, string Author, string Reason, DateTimeOffset Created, DateTimeOffset? Expires)
{
    public static OverrideDocument Of(Override value) =>
        new(value.Target.Text, value.State, value.Author, value.Reason, value.Created, value.Expires);
}
