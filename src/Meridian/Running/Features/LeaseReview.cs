using System.Collections.Immutable;

namespace Meridian.Running.Features;

/// <summary>What a review of clients' leases has found.</summary>
/// <param name="Messages">What there is to tell, with the id of the client.</param>
/// <param name="Lapsed">Sources that have lapsed now.</param>
/// <param name="Warned">Ids of clients that have been warned of.</param>
internal sealed record LeaseReview(ImmutableArray<(string Owner, string Message)> Messages,
    ImmutableHashSet<string> Lapsed, ImmutableHashSet<string> Warned);
