namespace Meridian.Dns.Limiting;

/// <summary>What the rate limiter decides about a response.</summary>
public enum LimitVerdict
{
    Send,

    /// <summary>Send it truncated.</summary>
    Slip,

    Drop,
}
