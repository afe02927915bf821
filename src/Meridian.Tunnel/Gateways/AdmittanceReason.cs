namespace Meridian.Tunnel.Gateways;

/// <summary>Why somebody may come in or may not.</summary>
internal enum AdmittanceReason
{
    /// <summary>It may.</summary>
    Admitted,

    /// <summary>It shows no certificate that counts for what it asks.</summary>
    NoCertificate,

    /// <summary>There is no TunnelAgent of its name, or none any more.</summary>
    UnknownAgent,

    /// <summary>It, or its address, comes more often than it may.</summary>
    TooOften,

    /// <summary>Another process has its identity, and its TunnelAgent allows no replicas.</summary>
    AnotherProcess,

    /// <summary>Its agent has as many tunnels at this node as it may have.</summary>
    TooManyTunnels,

    /// <summary>What it sends is no credential followed by a certificate request.</summary>
    MalformedRequest,

    /// <summary>Its enrolment code does not count.</summary>
    InvalidCode,

    /// <summary>Its enrolment code is good, and that it is used cannot be stored.</summary>
    NotStored,

    /// <summary>Its service-account token does not count.</summary>
    InvalidToken,
}
