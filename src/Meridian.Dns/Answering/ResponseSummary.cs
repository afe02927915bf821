using Meridian.Dns.Wire;

namespace Meridian.Dns.Answering;

/// <summary>The outcome of a query, for counters and rate limiting.</summary>
/// <param name="Length">Octets of the response; 0 where none is sent.</param>
/// <param name="Code">Its response code.</param>
/// <param name="Type">The type that was asked for.</param>
/// <param name="Truncated">Whether it was too long for UDP.</param>
/// <param name="Steered">Whether a steered name contributed to it.</param>
public readonly record struct ResponseSummary(int Length, ResponseCode Code, RecordType Type, bool Truncated,
    bool Steered)
{
    public static ResponseSummary Silence => default;

    /// <summary>
    /// Nothing was written: the message needs more than a lookup and goes to <see cref="Serving.MessageService"/>.
    /// </summary>
    public static ResponseSummary Deferred => new() { IsDeferred = true };

    public bool IsDeferred { get; private init; }

    /// <summary>Whether a cookie proves that the client's address is not forged.</summary>
    public bool IsKnownClient { get; init; }

    /// <summary>
    /// Equal for responses that count together: those about one name, or about names of a zone that do not exist.
    /// </summary>
    public uint RateLimitKey { get; init; }
}
