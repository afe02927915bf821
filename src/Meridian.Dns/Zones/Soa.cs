using System.Buffers.Binary;
using Meridian.Dns.Records;

namespace Meridian.Dns.Zones;

/// <summary>The numbers of a SOA record (RFC 1035 section 3.3.13) and their arithmetic (RFC 1982).</summary>
public static class Soa
{
    private const int NumbersLength = 20;

    public static uint SerialOf(RecordSet soa) => Number(soa.Data[0], 0);

    /// <summary>Seconds between a secondary's checks of the primary.</summary>
    public static uint RefreshOf(RecordSet soa) => Number(soa.Data[0], 1);

    /// <summary>Seconds until a secondary checks again after a failure.</summary>
    public static uint RetryOf(RecordSet soa) => Number(soa.Data[0], 2);

    /// <summary>Seconds after which a secondary that reaches no primary stops answering.</summary>
    public static uint ExpireOf(RecordSet soa) => Number(soa.Data[0], 3);

    public static uint MinimumOf(RecordSet soa) => Number(soa.Data[0], 4);

    /// <summary>The serial of SOA data.</summary>
    public static uint SerialOf(ReadOnlySpan<byte> data) => Number(data, 0);

    /// <summary>The same record with another serial.</summary>
    public static RecordSet WithSerial(RecordSet soa, uint serial) =>
        soa with { Data = [WithSerial(soa.Data[0], serial)] };

    public static byte[] WithSerial(ReadOnlySpan<byte> data, uint serial)
    {
        var copy = data.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan(copy.Length - NumbersLength), serial);
        return copy;
    }

    /// <summary>Whether <paramref name="a"/> is later than <paramref name="b"/> (RFC 1982 section 3.2).</summary>
    public static bool IsLater(uint a, uint b) => (int)(a - b) > 0;

    private static uint Number(ReadOnlySpan<byte> data, int index) =>
        BinaryPrimitives.ReadUInt32BigEndian(data[(data.Length - NumbersLength + (4 * index))..]);
}
