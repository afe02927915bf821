using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>
/// A verdict that another program gives. The feed has one line an address, <c>ADDRESS UP</c> or <c>ADDRESS DOWN</c>,
/// each with an optional <c>/SECONDS</c> that caps the TTL of answers with that address; <c>#</c> starts a comment.
/// </summary>
public sealed record ExternalCheck
{
    [Field("Path of the feed, for a file")]
    public string? File { get; init; }

    [Field("URL of the feed, for `http` or `https`")]
    public string? Url { get; init; }
}
