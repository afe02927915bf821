using System.Collections.Immutable;
using Meridian.Tunnel.Sites;

namespace Meridian.Agent.Commands;

/// <summary>The flags of <c>meridian-agent run</c>.</summary>
internal sealed record RunSettings
{
    /// <summary>File with a service-account token; null for an agent that is enrolled by a code.</summary>
    public required string? TokenFile { get; init; }

    /// <summary>File of the authority that vouches for gateways; null for the one that is known already.</summary>
    public required string? AuthorityFile { get; init; }

    /// <summary>How long what is under way may take to end at shutdown.</summary>
    public required TimeSpan Drain { get; init; }

    /// <summary>Ways to turn a connection around, in the order they are tried.</summary>
    public required ImmutableArray<TunnelForm> Forms { get; init; }
}
