namespace Meridian.Dns.Zones;

/// <summary>How a name matches a zone.</summary>
public enum MatchKind
{
    /// <summary>The name itself.</summary>
    Exact,

    /// <summary>A wildcard that stands for the name.</summary>
    Wildcard,

    /// <summary>The name itself, which is delegated away.</summary>
    Cut,

    /// <summary>A delegation above the name.</summary>
    BelowCut,

    /// <summary>A DNAME above the name.</summary>
    Redirect,

    /// <summary>Nothing: the name does not exist.</summary>
    NoName,
}
