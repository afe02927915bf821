namespace Meridian.Dns.Wire;

/// <summary>INFO-CODEs of Extended DNS Errors that this server gives (RFC 8914 section 4).</summary>
public enum ExtendedError : ushort
{
    Other = 0,
    StaleAnswer = 3,
    NotReady = 14,
    Prohibited = 18,
    NotAuthoritative = 20,
    NotSupported = 21,
    InvalidData = 24,

    /// <summary>Not on the wire: no extended error.</summary>
    None = ushort.MaxValue,
}
