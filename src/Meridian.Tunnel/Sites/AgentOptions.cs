using System.Collections.Immutable;

namespace Meridian.Tunnel.Sites;

/// <summary>What an agent is started with.</summary>
public sealed record AgentOptions
{
    /// <summary>Where it dials, in order.</summary>
    public required ImmutableArray<GatewayAddress> Gateways { get; init; }

    /// <summary>Connections that it keeps, over all gateways.</summary>
    public int Connections { get; init; } = 4;

    public required string Version { get; init; }

    /// <summary>Labels of the host for people, such as its kind; gateways show them.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Tells the processes of one identity apart; one that takes over from another one has the same.</summary>
    public string Instance { get; init; } = Guid.NewGuid().ToString("n");

    /// <summary>
    /// Octets that a gateway may send on one stream before they are read. Memory is used only where a service is slower
    /// than the line.
    /// </summary>
    public int StreamWindow { get; init; } = 16 << 20;

    /// <summary>
    /// The same for a whole connection. Slow services that fill it together hold up the others on it.
    /// </summary>
    public int ConnectionWindow { get; init; } = 256 << 20;

    /// <summary>
    /// How long a connection that stands at another gateway than its own waits before it tries that again, give or take
    /// a half.
    /// </summary>
    public TimeSpan ReturnInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long what is under way may take to end at shutdown.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
