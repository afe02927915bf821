namespace Meridian.Dns.Tsig;

/// <summary>Errors in a TSIG record (RFC 8945 section 3).</summary>
public enum TsigError : ushort
{
    None = 0,

    /// <summary>The octets are not a TSIG record at its place: FORMERR.</summary>
    Malformed = 1,
    BadSignature = 16,
    BadKey = 17,
    BadTime = 18,
    BadTruncation = 22,
}
