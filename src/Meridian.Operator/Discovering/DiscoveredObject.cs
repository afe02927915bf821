using System.Collections.Immutable;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>What is known of an object in a cluster that clients are sent to.</summary>
public sealed record DiscoveredObject
{
    public required ClusterReference Reference { get; init; }

    /// <summary>Which object it is, among all that had its name; empty where that is not known.</summary>
    public string Uid { get; init; } = "";

    /// <summary>Addresses of its load balancer, in order: IP addresses or host names.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Number of ready endpoints behind it; null where nothing in the cluster says.</summary>
    public int? Ready { get; init; }

    /// <summary>The Services behind it.</summary>
    public ImmutableArray<Backend> Backends { get; init; } = [];

    /// <summary>Port that clients reach it at: 443 where it speaks TLS, a Service's first.</summary>
    public int? Port { get; init; }

    /// <summary>Its annotations with the prefix <c>meridian.dev/</c>, without it.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// Why its newest annotations cannot be read, so that <see cref="Annotations"/> are those before.
    /// </summary>
    public ImmutableArray<string> Faults { get; init; } = [];

    public bool Equals(DiscoveredObject? other) =>
        other is not null && Reference == other.Reference && IsSameReadinessAs(other) && IsSamePlaceAs(other);

    public override int GetHashCode() => Reference.GetHashCode();

    /// <summary>
    /// Number of ready endpoints behind a host name of it, or behind all of it where that is null; null where nothing
    /// in the cluster says.
    /// </summary>
    public int? ReadyFor(string? host, ServiceHealthPolicy policy) => Backends.IsEmpty ? Ready
        : Discovering.Backends.ReadyIn(Backends, Discovering.Backends.ScopeOf(Backends, host), policy);

    /// <summary>Whether the same is ready behind it.</summary>
    public bool IsSameReadinessAs(DiscoveredObject other) =>
        Ready == other.Ready && Backends.SequenceEqual(other.Backends);

    /// <summary>Whether all but the readiness is the same.</summary>
    public bool IsSamePlaceAs(DiscoveredObject other) =>
        Addresses.SequenceEqual(other.Addresses) && Port == other.Port
        && Uid == other.Uid && Faults.SequenceEqual(other.Faults) && IsSame(Annotations, other.Annotations)
        && IsSame(Labels, other.Labels);

    private static bool IsSame(ImmutableDictionary<string, string> one, ImmutableDictionary<string, string> other) =>
        one.Count == other.Count && one.All(e => other.GetValueOrDefault(e.Key) == e.Value);
}
