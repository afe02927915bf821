namespace Meridian.Gateway.Http1;

/// <summary>How an exchange with an address failed.</summary>
internal enum FailureKind
{
    /// <summary>No connection, or no TLS: the address has not seen the request.</summary>
    Connect,

    /// <summary>The connection ended.</summary>
    Reset,

    /// <summary>Too long nothing came.</summary>
    Timeout,

    /// <summary>What came is not HTTP, or larger than it may be.</summary>
    Malformed,

    /// <summary>It answered with a status that is tried again.</summary>
    Status,
}
