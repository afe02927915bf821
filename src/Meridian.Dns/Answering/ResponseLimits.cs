namespace Meridian.Dns.Answering;

/// <summary>Bounds on what one query can cost.</summary>
internal static class ResponseLimits
{
    /// <summary>Largest answer over UDP (DNS flag day 2020: below every common path MTU).</summary>
    public const int MaxUdp = 1232;

    /// <summary>Longest chain of CNAMEs and DNAMEs that is followed inside the zones of this server.</summary>
    public const int MaxChain = 16;

    /// <summary>Most addresses in the answer of a steered name.</summary>
    public const int MaxAddresses = 64;
}
