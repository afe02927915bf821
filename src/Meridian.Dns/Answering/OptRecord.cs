using Meridian.Dns.Cookies;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Answering;

/// <summary>Writes the OPT record of a response (RFC 6891 section 6).</summary>
/// <param name="nsid">The server's identifier, sent to clients that ask for it.</param>
/// <param name="cookie">The server cookie to send; empty for none.</param>
/// <param name="keepalive">
/// How long an idle connection is kept, in tenths of a second (RFC 7828); 0 leaves the option out.
/// </param>
internal readonly ref struct OptRecord(ReadOnlySpan<byte> nsid, ReadOnlySpan<byte> cookie, ushort keepalive)
{
    private const int FixedLength = 11;

    // Code and length of an option.
    private const int OptionHeader = 4;
    private const int KeepaliveLength = OptionHeader + 2;
    private const int ExtendedErrorLength = OptionHeader + 2;

    // Family, source prefix length and scope prefix length.
    private const int SubnetHeader = 4;

    private readonly ReadOnlySpan<byte> _nsid = nsid;
    private readonly ReadOnlySpan<byte> _cookie = cookie;
    private readonly ushort _keepalive = keepalive;

    /// <summary>Octets to reserve for the record.</summary>
    public int MaxLength(in Query query)
    {
        if (!query.HasEdns)
            return 0;
        var length = FixedLength + ExtendedErrorLength;
        if (_keepalive > 0)
            length += KeepaliveLength;
        if (!_cookie.IsEmpty)
            length += OptionHeader + CookieJar.ClientLength + _cookie.Length;
        if (query.AsksForNsid)
            length += OptionHeader + _nsid.Length;
        if (query.HasSubnet)
            length += OptionHeader + SubnetHeader + query.SubnetAddress.Length;
        return length;
    }

    public void Write(ref DnsWriter writer, ResponseCode code, in Query query, byte scopeBits, ExtendedError error)
    {
        writer.TryWriteByte(0);
        writer.TryWriteUInt16((ushort)RecordType.OPT);
        writer.TryWriteUInt16(ResponseLimits.MaxUdp);
        writer.TryWriteByte((byte)((ushort)code >> 4));
        writer.TryWriteByte(0);

        // RFC 3225 section 3: DO is copied.
        writer.TryWriteUInt16(query.DnssecOk ? (ushort)0x8000 : (ushort)0);
        var lengthAt = writer.Position;
        writer.TryWriteUInt16(0);
        if (query.AsksForNsid && !_nsid.IsEmpty)
        {
            writer.TryWriteUInt16((ushort)EdnsOption.Nsid);
            writer.TryWriteUInt16((ushort)_nsid.Length);
            writer.TryWriteBytes(_nsid);
        }

        if (!_cookie.IsEmpty)
        {
            writer.TryWriteUInt16((ushort)EdnsOption.Cookie);
            writer.TryWriteUInt16((ushort)(CookieJar.ClientLength + _cookie.Length));
            writer.TryWriteBytes(query.ClientCookie);
            writer.TryWriteBytes(_cookie);
        }

        if (_keepalive > 0)
        {
            writer.TryWriteUInt16((ushort)EdnsOption.TcpKeepalive);
            writer.TryWriteUInt16(2);
            writer.TryWriteUInt16(_keepalive);
        }

        if (query.HasSubnet && code != ResponseCode.FormErr && code != ResponseCode.BadVers)
            WriteSubnet(ref writer, query, scopeBits);
        if (error != ExtendedError.None)
        {
            writer.TryWriteUInt16((ushort)EdnsOption.ExtendedError);
            writer.TryWriteUInt16(2);
            writer.TryWriteUInt16((ushort)error);
        }

        writer.Patch(lengthAt, (ushort)(writer.Position - lengthAt - 2));
    }

    // RFC 7871 section 7.2.1: family, source prefix and address are those of the query.
    private static void WriteSubnet(ref DnsWriter writer, in Query query, byte scopeBits)
    {
        writer.TryWriteUInt16((ushort)EdnsOption.ClientSubnet);
        writer.TryWriteUInt16((ushort)(SubnetHeader + query.SubnetAddress.Length));
        writer.TryWriteUInt16(query.SubnetFamily);
        writer.TryWriteByte(query.SubnetBits);
        writer.TryWriteByte(scopeBits);
        writer.TryWriteBytes(query.SubnetAddress);
    }
}
