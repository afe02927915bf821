namespace Meridian.Dns.Wire;

/// <summary>Kinds of message (RFC 1035 section 4.1.1).</summary>
public enum OpCode
{
    Query = 0,

    /// <summary>RFC 1996.</summary>
    Notify = 4,

    /// <summary>RFC 2136.</summary>
    Update = 5,
}
