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
    BadVers = 16,
}
