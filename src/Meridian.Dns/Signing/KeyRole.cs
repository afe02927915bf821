namespace Meridian.Dns.Signing;

/// <summary>What a key signs.</summary>
public enum KeyRole
{
    /// <summary>Everything; a combined signing key.</summary>
    Csk,

    /// <summary>The keys of the zone.</summary>
    Ksk,

    /// <summary>Everything but the keys.</summary>
    Zsk,
}
