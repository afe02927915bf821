namespace Meridian.Api.Contracts;

/// <summary>That a person has drained a node: it has no opinion, and gets no clients.</summary>
/// <param name="Author">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Created">Since when.</param>
/// <param name="Expires">Until when; null until the node is let back.</param>
public sealed record DrainStatus(string Author, string Reason, DateTimeOffset Created, DateTimeOffset? Expires);
