namespace Meridian.Dns.Wire;

/// <summary>RCODEs (RFC 1035 section 4.1.1, RFC 6891 section 6.1.3 for the extended one).</summary>
public enum ResponseCode : ushort
{
    NoError = 0,
    FormErr = 1,
    ServFail = 2,
    NXDomain = 3,
    NotImp = 4,
    Refused = 5,

    /// <summary>
    /// RFC 2136 section 2.2: a name exists that should not; also a DNAME's result that is too long (RFC 6672).
    /// </summary>
    YXDomain = 6,
    YXRRSet = 7,
    NXRRSet = 8,
    NotAuth = 9,
    NotZone = 10,
    BadVers = 16,
}
