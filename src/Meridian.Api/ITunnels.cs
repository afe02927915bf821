using System.Collections.Immutable;
using Meridian.Api.Contracts;

namespace Meridian.Api;

/// <summary>The tunnels of a node.</summary>
public interface ITunnels
{
    /// <summary>The tunnels that are connected.</summary>
    ImmutableArray<TunnelStatus> Status { get; }

    /// <summary>Certificate of the authority that agents trust, in PEM; null where the node takes no tunnels.</summary>
    string? Authority { get; }

    /// <summary>Makes a one-time code for an agent.</summary>
    Task<EnrollmentOutcome> EnrollAsync(string agent);
}
