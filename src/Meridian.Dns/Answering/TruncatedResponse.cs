using System.Buffers.Binary;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Answering;

/// <summary>Cuts a response down to its question and the TC bit, so that a real client retries over TCP.</summary>
internal static class TruncatedResponse
{
    private const int FlagsAt = 2;
    private const int CountsAt = 4;
    private const ushort TruncatedFlag = 0x0200;

    /// <summary>Writes a response to a query that was not parsed: its question and the TC bit.</summary>
    public static int Of(ReadOnlySpan<byte> query, Span<byte> response)
    {
        const byte Response = 0x80;
        const byte OpCodeAndRecursion = 0x79;
        var length = Math.Min(query.Length, response.Length);
        query[..length].CopyTo(response);
        response[FlagsAt] = (byte)(Response | (query[FlagsAt] & OpCodeAndRecursion));
        response[FlagsAt + 1] = 0;
        return Make(response[..length]);
    }

    /// <summary>
    /// Cuts the response in place and returns its new length; without a question, only the header stays.
    /// </summary>
    public static int Make(Span<byte> response)
    {
        var reader = new DnsReader(response);
        reader.TryReadBytes(Query.HeaderLength, out _);
        var questions = BinaryPrimitives.ReadUInt16BigEndian(response[CountsAt..]);
        if (questions != 1 || !reader.TrySkipName() || !reader.TryReadUInt32(out _))
            questions = 0;
        BinaryPrimitives.WriteUInt16BigEndian(response[FlagsAt..],
            (ushort)(BinaryPrimitives.ReadUInt16BigEndian(response[FlagsAt..]) | TruncatedFlag));
        response[CountsAt..Query.HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(response[CountsAt..], questions);
        return questions == 1 ? reader.Position : Query.HeaderLength;
    }
}
