namespace Meridian.Fleet.Membership;

/// <summary>
/// What a person has decided of a node: it is to have no part in verdicts, and to get no clients, until it is let back.
/// </summary>
/// <param name="Author">Who says so.</param>
/// <param name="Reason">Why.</param>
/// <param name="Created">Since when.</param>
/// <param name="Expires">Until when; null until it is let back.</param>
public sealed record NodeDrain(string Author, string Reason, DateTimeOffset Created, DateTimeOffset? Expires)
{
    /// <summary>Whether nothing is missing in it, as can be where another program wrote it.</summary>
    internal bool IsWhole => Author is not null && Reason is not null;

    /// <summary>Why the node has no opinion, in words that follow its name.</summary>
    internal string Illness => $"is drained by {Author}: {Reason}";

    public bool IsActive(DateTimeOffset now) => Expires is null || now < Expires;
}
