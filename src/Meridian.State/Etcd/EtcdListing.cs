using System.Collections.Immutable;
using Meridian.State.Shared;

namespace Meridian.State.Etcd;

/// <summary>All keys of a cluster at one revision.</summary>
/// <param name="Snapshot">The keys.</param>
/// <param name="Refused">Keys whose value cannot be kept, and why.</param>
internal sealed record EtcdListing(SharedSnapshot Snapshot, ImmutableDictionary<string, string> Refused);
