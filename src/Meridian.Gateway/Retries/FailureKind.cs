namespace Meridian.Gateway.Retries;

/// <summary>How an address failed a request.</summary>
internal enum FailureKind
{
    /// <summary>There is no connection, or no TLS on it: the address has not seen the request.</summary>
    Connect,

    /// <summary>The connection ended.</summary>
    Reset,

    /// <summary>Nothing came for too long.</summary>
    Timeout,

    /// <summary>What came is not HTTP, or is larger than it may be.</summary>
    Malformed,

    /// <summary>It answered with a status for which another address is asked.</summary>
    Status,
}
