using System.Diagnostics.Metrics;
using Meridian.Api;
using Meridian.Kubernetes;
using Meridian.Model;

namespace Meridian.Management;

/// <summary>What the management server is made of.</summary>
/// <param name="Contracts">What the API shows and changes.</param>
/// <param name="Resources">The resources that are served; their access policies say who may ask.</param>
/// <param name="ClientOf">The API of a watched cluster, which reviews its tokens; null where it is not watched.</param>
/// <param name="RegisterMetrics">Registers the node's metrics.</param>
internal sealed record ManagementParts(ManagementContracts Contracts, Func<ResourceSet> Resources,
    Func<string, ClusterClient?> ClientOf, Action<IMeterFactory> RegisterMetrics);
