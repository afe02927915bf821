namespace Meridian.Dns.Answering;

/// <summary>The sender of a query, and the random bits that steered names choose with.</summary>
/// <param name="Address">The sender's address, 4 or 16 octets.</param>
/// <param name="Transport">The transport that the query arrived by.</param>
/// <param name="Draw">64 random bits, fresh for every query.</param>
/// <param name="Now">When it was received.</param>
public readonly ref struct Requester(ReadOnlySpan<byte> Address, Transport Transport, ulong Draw, DateTimeOffset Now)
{
    public ReadOnlySpan<byte> Address { get; } = Address;

    public Transport Transport { get; } = Transport;

    public ulong Draw { get; } = Draw;

    public DateTimeOffset Now { get; } = Now;

    /// <summary>
    /// Whether the caller can wait for more than a lookup; otherwise a query that needs more is deferred.
    /// </summary>
    public bool CanWait { get; init; }
}
