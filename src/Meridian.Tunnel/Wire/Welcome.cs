using System.Collections.Immutable;

namespace Meridian.Tunnel.Wire;

/// <summary>The tunnel is accepted.</summary>
/// <param name="Node">Name of the gateway's node.</param>
/// <param name="Refused">Services that are not published, each with the reason.</param>
public sealed record Welcome(string Node, ImmutableArray<string> Refused);
