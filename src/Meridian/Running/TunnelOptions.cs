using System.Collections.Immutable;
using System.Net;

namespace Meridian.Running;

/// <summary>The sockets that agents dial.</summary>
internal sealed record TunnelOptions
{
    public required ImmutableArray<IPEndPoint> EndPoints { get; init; }

    /// <summary>Folder of the authority that agents are enrolled with; several nodes share one.</summary>
    public required string AuthorityFolder { get; init; }
}
