namespace Meridian.Dns.Limiting;

/// <summary>What becomes of a response.</summary>
public enum LimitVerdict
{
    Send,

    /// <summary>Send it truncated.</summary>
    Slip,

    Drop,
}
