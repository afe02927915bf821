using Meridian.Dns.Wire;

namespace Meridian.Dns.Answering;

/// <summary>What became of a query, for statistics.</summary>
/// <param name="Length">Octets of the response; 0 for silence.</param>
/// <param name="Code">Its response code.</param>
/// <param name="Type">The type that was asked for.</param>
/// <param name="Truncated">Whether it was too long for UDP.</param>
/// <param name="Steered">Whether a steered name had a part in it.</param>
public readonly record struct ResponseSummary(int Length, ResponseCode Code, RecordType Type, bool Truncated,
    bool Steered)
{
    public static ResponseSummary Silence => default;

    /// <summary>
    /// Nothing was written: the message wants more than a look-up and has to be given to
    /// <see cref="Serving.MessageService"/>.
    /// </summary>
    public static ResponseSummary Aside => new() { IsSetAside = true };

    public bool IsSetAside { get; private init; }

    /// <summary>Whether the client has shown by a cookie that its address is its own.</summary>
    public bool IsKnownClient { get; init; }

    /// <summary>
    /// Equal for responses that are alike: about one name, or about the zone of names that do not exist.
    /// </summary>
    public uint Likeness { get; init; }
}
