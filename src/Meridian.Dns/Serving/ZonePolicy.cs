using System.Collections.Immutable;

namespace Meridian.Dns.Serving;

/// <summary>Who may do what with a zone besides asking it.</summary>
public sealed record ZonePolicy
{
    public static ZonePolicy None { get; } = new();

    /// <summary>Who may transfer it; nobody where empty.</summary>
    public ImmutableArray<AccessRule> Transfer { get; init; } = [];

    /// <summary>Who is told of every new version.</summary>
    public ImmutableArray<Peer> Notify { get; init; } = [];

    /// <summary>Who may change it by dynamic update; nobody where empty.</summary>
    public ImmutableArray<AccessRule> Update { get; init; } = [];

    /// <summary>Where it comes from; empty where it is our own.</summary>
    public ImmutableArray<Peer> Primaries { get; init; } = [];

    /// <summary>Whether others hold copies or make changes, so that every change needs a new serial.</summary>
    public bool IsPublished => !Transfer.IsEmpty || !Notify.IsEmpty || !Update.IsEmpty;
}
