using System.Collections.Immutable;

namespace Meridian.Dns.Serving;

/// <summary>Who may transfer and change a zone, and which servers it is exchanged with.</summary>
public sealed record ZonePolicy
{
    public static ZonePolicy None { get; } = new();

    /// <summary>Who may transfer it; nobody where empty.</summary>
    public ImmutableArray<AccessRule> Transfer { get; init; } = [];

    /// <summary>The secondaries that are notified of every new version.</summary>
    public ImmutableArray<Peer> Notify { get; init; } = [];

    /// <summary>Who may change it by dynamic update; nobody where empty.</summary>
    public ImmutableArray<AccessRule> Update { get; init; } = [];

    /// <summary>The primaries that the zone is transferred from; empty where this server is the primary.</summary>
    public ImmutableArray<Peer> Primaries { get; init; } = [];

    /// <summary>
    /// Whether other servers hold copies or clients make changes, so that every change needs a new serial.
    /// </summary>
    public bool IsPublished => !Transfer.IsEmpty || !Notify.IsEmpty || !Update.IsEmpty;
}
