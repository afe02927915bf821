using Meridian.Dns.Cookies;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Answering;

/// <summary>Writes the OPT record of a response (RFC 6891 section 6).</summary>
/// <param name="nsid">The server's name, for those who ask.</param>
/// <param name="cookie">The server cookie to send; empty for none.</param>
/// <param name="keepalive">How long an idle connection is kept, in tenths of a second (RFC 7828); 0 to say
/// nothing.</param>
internal readonly ref struct OptRecord(ReadOnlySpan<byte> nsid, ReadOnlySpan<byte> cookie, ushort keepalive)
{
    private const int FixedLength = 11;

    private readonly ReadOnlySpan<byte> _nsid = nsid;
    private readonly ReadOnlySpan<byte> _cookie = cookie;
    private readonly ushort _keepalive = keepalive;

    /// <summary>The room to keep for it.</summary>
    public int MaxLength(in Query query) => !query.HasEdns
        ? 0
        : FixedLength + 6 + (_keepalive > 0 ? 6 : 0)
        + (_cookie.IsEmpty ? 0 : 4 + CookieJar.ClientLength + _cookie.Length) + (query.WantsNsid ? 4 + _nsid.Length : 0)
        + (query.HasSubnet ? 8 + query.SubnetAddress.Length : 0);

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
        if (query.WantsNsid && !_nsid.IsEmpty)
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
        writer.TryWriteUInt16((ushort)(4 + query.SubnetAddress.Length));
        writer.TryWriteUInt16(query.SubnetFamily);
        writer.TryWriteByte(query.SubnetBits);
        writer.TryWriteByte(scopeBits);
        writer.TryWriteBytes(query.SubnetAddress);
    }
}
