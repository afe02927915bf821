using System.Collections.Immutable;

namespace Meridian.Operator.Discovering;

/// <summary>What is kept of an object that clients can be sent to.</summary>
/// <param name="Uid">Which object it is, among all that had its name.</param>
/// <param name="Addresses">Its own addresses.</param>
/// <param name="Backends">The Services behind it; what is ready is not known here.</param>
/// <param name="Gateways">The Gateways whose addresses are its own, as <c>namespace/name</c>.</param>
/// <param name="Port">Port that clients reach it at.</param>
/// <param name="Annotations">Its annotations for Meridian, without their prefix.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record Exposed(
    string Uid,
    ImmutableArray<string> Addresses,
    ImmutableArray<Backend> Backends,
    ImmutableArray<string> Gateways,
    int? Port,
    ImmutableDictionary<string, string> Annotations,
    ImmutableDictionary<string, string> Labels);
