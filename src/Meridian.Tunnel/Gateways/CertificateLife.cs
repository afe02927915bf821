namespace Meridian.Tunnel.Gateways;

/// <summary>How long a tunnel may last by its certificate.</summary>
internal static class CertificateLife
{
    /// <summary>How long before the end the agent is asked to dial again.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromMinutes(10);

    /// <summary>How long after the end what is under way may go on.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <param name="now">The present time.</param>
    /// <param name="until">When the certificate ends.</param>
    public static CertificateStage StageAt(DateTimeOffset now, DateTimeOffset until)
    {
        var left = until - now;
        return left > Notice ? CertificateStage.Current
            : left > TimeSpan.Zero ? CertificateStage.EndsSoon
            : left > -Grace ? CertificateStage.Ended
            : CertificateStage.LongEnded;
    }
}
