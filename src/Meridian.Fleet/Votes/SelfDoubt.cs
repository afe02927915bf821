using System.Collections.Immutable;

namespace Meridian.Fleet.Votes;

/// <summary>
/// Whether a node should believe its own probes: one that loses most of its targets, at several sites, within a few
/// seconds has more likely lost its own way out (Lifeguard, DSN 2018, calls it local health). It has no opinion then
/// for half a minute. Immutable.
/// </summary>
public sealed record SelfDoubt
{
    /// <summary>The time within which targets must be lost together.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    /// <summary>How long the node has no opinion.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    /// <summary>At fewer sites than this the trouble may well be theirs.</summary>
    public const int LeastSites = 3;

    private ImmutableList<(DateTimeOffset At, string Site)> _lost = [];

    /// <summary>A node that believes itself.</summary>
    public static SelfDoubt None { get; } = new();

    /// <summary>Until when the node has no opinion; null while it believes itself.</summary>
    public DateTimeOffset? Until { get; private init; }

    /// <summary>Why it has none, in words; null while it believes itself.</summary>
    public string? Illness { get; private init; }

    /// <summary>After a target was lost.</summary>
    /// <param name="site">The target's site; empty for none.</param>
    /// <param name="targets">How many targets the node has.</param>
    /// <param name="now">The time.</param>
    public SelfDoubt Lose(string site, int targets, DateTimeOffset now)
    {
        var lost = _lost.RemoveAll(l => now - l.At >= Window).Add((now, site));
        var sites = lost.Select(l => l.Site).Distinct().Count();
        return Until is null && 2 * lost.Count > targets && sites >= LeastSites
            ? new SelfDoubt
            {
                _lost = lost,
                Until = now + Rest,
                Illness = $"lost {lost.Count} of {targets} targets at {sites} sites at once",
            }
            : this with { _lost = lost };
    }

    /// <summary>At a later time.</summary>
    public SelfDoubt At(DateTimeOffset now) => now >= Until ? None : this;
}
