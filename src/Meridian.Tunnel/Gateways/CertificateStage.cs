namespace Meridian.Tunnel.Gateways;

/// <summary>Where a tunnel is in the life of the certificate that it was opened with.</summary>
internal enum CertificateStage
{
    /// <summary>The certificate counts.</summary>
    Current,

    /// <summary>It ends soon: the agent is asked to dial again, with its new one.</summary>
    EndsSoon,

    /// <summary>It has ended: nothing new is begun, and what is under way may end.</summary>
    Ended,

    /// <summary>It ended so long ago that what is still under way is cut off.</summary>
    LongEnded,
}
