using Meridian.Model.Verdicts;

namespace Meridian.Api.Contracts;

/// <summary>An override that stands.</summary>
public sealed record OverrideDocument(
    string Target, OverrideState State, string Author, string Reason, DateTimeOffset Created, DateTimeOffset? Expires)
{
    public static OverrideDocument Of(Override word) =>
        new(word.Target.Text, word.State, word.Author, word.Reason, word.Created, word.Expires);
}
