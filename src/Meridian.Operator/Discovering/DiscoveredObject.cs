using System.Collections.Immutable;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>What is known of an object in a cluster that clients are sent to.</summary>
public sealed record DiscoveredObject
{
    public required ClusterReference Reference { get; init; }

    /// <summary>Addresses of its load balancer, in order: IP addresses or host names.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Number of ready endpoints behind it; null where nothing in the cluster says.</summary>
    public int? Ready { get; init; }

    /// <summary>Port that clients reach it at: 443 where it speaks TLS, a Service's first.</summary>
    public int? Port { get; init; }

    /// <summary>Its annotations with the prefix <c>meridian.dev/</c>, without it.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    public bool Equals(DiscoveredObject? other) =>
        other is not null && Reference == other.Reference && Ready == other.Ready && IsSamePlaceAs(other);

    public override int GetHashCode() => Reference.GetHashCode();

    /// <summary>Whether all but the readiness is the same.</summary>
    public bool IsSamePlaceAs(DiscoveredObject other) =>
        Addresses.SequenceEqual(other.Addresses) && Port == other.Port
        && Annotations.Count == other.Annotations.Count
        && Annotations.All(a => other.Annotations.GetValueOrDefault(a.Key) == a.Value);
}
