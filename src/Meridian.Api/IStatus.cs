using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meridian.Api.Contracts;
using Meridian.Steering.Explaining;

namespace Meridian.Api;

/// <summary>What a node serves now, and how it is.</summary>
public interface IStatus
{
    /// <summary>Why the node is not ready, or null when it is.</summary>
    string? NotReady { get; }

    /// <summary>What a person should see to, though the node serves: a sentence each.</summary>
    ImmutableArray<string> Warnings { get; }

    /// <summary>The resources that are served.</summary>
    ImmutableArray<ResourceSummary> Resources { get; }

    /// <summary>Origins of the zones that are served, as their resources write them.</summary>
    ImmutableArray<string> Zones { get; }

    /// <summary>Host names of the endpoints that are served, for suggestions.</summary>
    IEnumerable<string> Hostnames { get; }

    StatusReport Report();

    /// <summary>Explains why a client gets the answer that it gets; null where no endpoint has the name.</summary>
    /// <param name="hostname">The name in canonical form.</param>
    /// <param name="client">Address of the client, or of its network.</param>
    /// <param name="prefixLength">Length of the network's prefix in bits; 32 or 128 for one client.</param>
    /// <param name="family">Which addresses the client asks for.</param>
    Explanation? Explain(string hostname, IPAddress client, int prefixLength, AddressFamily family);
}
