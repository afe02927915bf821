namespace Meridian.Dns.Answering;

/// <summary>Who sent a query, and the chance that steered names draw from.</summary>
/// <param name="Address">The sender's address, 4 or 16 octets.</param>
/// <param name="Transport">What the query came by.</param>
/// <param name="Draw">64 random bits, fresh for every query.</param>
/// <param name="Now">When it was taken.</param>
public readonly ref struct Requester(ReadOnlySpan<byte> Address, Transport Transport, ulong Draw, DateTimeOffset Now)
{
    public ReadOnlySpan<byte> Address { get; } = Address;

    public Transport Transport { get; } = Transport;

    public ulong Draw { get; } = Draw;

    public DateTimeOffset Now { get; } = Now;

    /// <summary>
    /// Whether the caller can wait for what takes longer than a look-up; otherwise such a query is set aside.
    /// </summary>
    public bool CanWait { get; init; }
}
