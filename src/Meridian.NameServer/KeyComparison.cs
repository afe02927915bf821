namespace Meridian.NameServer;

/// <summary>How the keys in a folder compare with those that a zone signs with.</summary>
public enum KeyComparison
{
    /// <summary>They are the same.</summary>
    Same,

    /// <summary>They are others, or the time of one has come: a new signer is wanted.</summary>
    Other,

    /// <summary>They are others, and have just been refused.</summary>
    Refused,

    /// <summary>Nobody can tell; those that are held stay in use.</summary>
    Unreadable,
}
