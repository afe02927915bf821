namespace Meridian.Api.Contracts;

/// <summary>That a node is to be drained.</summary>
/// <param name="Reason">Why, in 1 to 500 characters.</param>
/// <param name="Author">Who asks for it, in 1 to 100 characters.</param>
/// <param name="Seconds">For how long, above zero and at most ten years; null until the node is let back.</param>
/// <param name="Force">Do it even if no other node has an opinion then.</param>
public sealed record DrainRequest(string Reason, string Author, double? Seconds, bool Force = false);
