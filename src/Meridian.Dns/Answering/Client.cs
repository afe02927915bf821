using Meridian.Dns.Steered;

namespace Meridian.Dns.Answering;

/// <summary>
/// Finds the client that a query is for: the network in Client Subnet, or else the sender. An IPv4-mapped IPv6 address
/// is treated as IPv4.
/// </summary>
internal static class Client
{
    private const int MappedBits = 96;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <param name="query">The query.</param>
    /// <param name="requester">Its sender.</param>
    /// <param name="buffer">16 octets, which hold the client's address as long as the question is used.</param>
    public static SteeredQuestion Of(in Query query, in Requester requester, Span<byte> buffer)
    {
        // RFC 7871 section 7.1.2: a source prefix of 0 asks the server not to use the client's address.
        if (query.HasSubnet && query.SubnetFamily != 0 && query.SubnetBits > 0)
        {
            buffer.Clear();
            query.SubnetAddress.CopyTo(buffer);
            if (query.SubnetFamily == 1)
                return new SteeredQuestion(query.Type, buffer[..4], query.SubnetBits, true, requester.Draw,
                    requester.Now);
            return IsMapped(buffer) && query.SubnetBits >= MappedBits
                ? new SteeredQuestion(query.Type, buffer[12..], (byte)(query.SubnetBits - MappedBits), true,
                    requester.Draw, requester.Now)
                : new SteeredQuestion(query.Type, buffer, query.SubnetBits, true, requester.Draw, requester.Now);
        }

        var sender = requester.Address;
        if (sender.Length == 16 && IsMapped(sender))
            sender = sender[12..];
        sender.CopyTo(buffer);
        return new SteeredQuestion(query.Type, buffer[..sender.Length], (byte)(sender.Length * 8), false,
            requester.Draw, requester.Now);
    }

    /// <summary>The scope to send, in the address family that the query used.</summary>
    public static byte Scope(in Query query, in SteeredQuestion question, byte bits)
    {
        if (!question.FromSubnet || bits == 0)
            return 0;
        return query.SubnetFamily == 2 && question.Client.Length == 4 ? (byte)(bits + MappedBits) : bits;
    }

    private static bool IsMapped(ReadOnlySpan<byte> address) => address[..12].SequenceEqual(MappedPrefix);
}
