using Meridian.Dns.Cookies;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Answering;

/// <summary>A parsed query. Its spans point into the message that it was read from.</summary>
internal ref struct Query
{
    public const int HeaderLength = 12;

    private const int MaxUdpWithoutEdns = 512;

    /// <summary>The name in the question, its case kept.</summary>
    public ReadOnlySpan<byte> Name;

    public ushort Id;
    public ushort Flags;
    public RecordType Type;
    public ushort Class;
    public bool HasQuestion;

    /// <summary>Whether the message carries a TSIG record (RFC 8945).</summary>
    public bool HasTsig;

    public bool HasEdns;
    public byte EdnsVersion;

    /// <summary>The largest datagram that the client takes; 0 without EDNS.</summary>
    public ushort PayloadSize;

    public bool DnssecOk;

    /// <summary>Whether the client understands NXDOMAIN beside a compact denial (RFC 9824 section 5.1).</summary>
    public bool CompactOk;

    public bool AsksForNsid;

    public bool AsksForKeepalive;

    /// <summary>The client cookie, 8 octets; empty where there is none (RFC 7873).</summary>
    public ReadOnlySpan<byte> ClientCookie;

    /// <summary>The server cookie, 8 to 32 octets; empty where there is none.</summary>
    public ReadOnlySpan<byte> ServerCookie;

    public bool HasSubnet;
    public ushort SubnetFamily;
    public byte SubnetBits;
    public ReadOnlySpan<byte> SubnetAddress;

    public readonly int OpCode => (Flags >> 11) & 0xF;

    public readonly bool IsResponse => (Flags & 0x8000) != 0;

    /// <summary>
    /// The largest response that is sent: at most 1,232 octets over UDP, which no common path fragments.
    /// </summary>
    public readonly int MaxResponse(Transport transport) => transport != Transport.Udp
        ? ushort.MaxValue
        : Math.Clamp((int)PayloadSize, MaxUdpWithoutEdns, ResponseLimits.MaxUdp);

    /// <summary>Reads id and flags; false for a message that is too short to be answered at all.</summary>
    public bool TryReadHeader(ref DnsReader reader) => reader.TryReadUInt16(out Id) && reader.TryReadUInt16(out Flags);

    /// <summary>Reads the question and the records after it; false where the response is FORMERR.</summary>
    public bool TryReadBody(ref DnsReader reader)
    {
        if (!reader.TryReadUInt16(out var questions) || !reader.TryReadUInt16(out var answers)
            || !reader.TryReadUInt16(out var authorities) || !reader.TryReadUInt16(out var additionals))
            return false;

        // RFC 9619: a query has exactly one question. Its name is the first of the message and cannot be compressed.
        if (questions != 1 || !reader.TryReadWholeName(out Name)
            || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out Class))
            return false;
        Type = (RecordType)type;
        HasQuestion = true;
        for (var i = answers + authorities; i > 0; i--)
        {
            if (!TryReadRecord(ref reader, additional: false))
                return false;
        }

        for (var i = (int)additionals; i > 0; i--)
        {
            if (!TryReadRecord(ref reader, additional: true))
                return false;
        }

        return reader.AtEnd;
    }

    // Every record takes at least eleven octets, so the counts in a header cannot make this loop long.
    private bool TryReadRecord(ref DnsReader reader, bool additional)
    {
        var start = reader.Position;
        if (!reader.TrySkipName())
            return false;
        var root = reader.Position == start + 1;
        if (!reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var size)
            || !reader.TryReadUInt32(out var ttl)
            || !reader.TryReadUInt16(out var length) || !reader.TryReadBytes(length, out var data))
            return false;
        if (!additional || (RecordType)type != RecordType.OPT)
        {
            HasTsig |= (RecordType)type == RecordType.TSIG;
            return true;
        }

        // RFC 6891 section 6.1.1: one OPT, owned by the root.
        if (HasEdns || !root)
            return false;
        HasEdns = true;
        PayloadSize = size;
        EdnsVersion = (byte)(ttl >> 16);
        DnssecOk = (ttl & 0x8000) != 0;
        CompactOk = (ttl & 0x4000) != 0;
        return EdnsVersion != 0 || TryReadOptions(data);
    }

    private bool TryReadOptions(ReadOnlySpan<byte> data)
    {
        var reader = new DnsReader(data);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadUInt16(out var code) || !reader.TryReadUInt16(out var length)
                || !reader.TryReadBytes(length, out var option))
                return false;
            switch ((EdnsOption)code)
            {
                case EdnsOption.Nsid:
                    AsksForNsid = true;
                    break;
                case EdnsOption.TcpKeepalive:
                    AsksForKeepalive = true;
                    break;
                case EdnsOption.Cookie when !TryReadCookie(option):
                    return false;
                case EdnsOption.ClientSubnet when HasSubnet || !TryReadSubnet(option):
                    return false;
            }
        }

        return true;
    }

    // RFC 7873 section 5.2.2: 8 octets, or 16 to 40; others are malformed. Only the first of several counts.
    private bool TryReadCookie(ReadOnlySpan<byte> option)
    {
        const int Most = CookieJar.ClientLength + 32;
        if (option.Length != CookieJar.ClientLength && option.Length is < 2 * CookieJar.ClientLength or > Most)
            return false;
        if (!ClientCookie.IsEmpty)
            return true;
        ClientCookie = option[..CookieJar.ClientLength];
        ServerCookie = option[CookieJar.ClientLength..];
        return true;
    }

    // RFC 7871 section 6: scope is zero in a query, the address is cut to the prefix and padded with zero bits.
    private bool TryReadSubnet(ReadOnlySpan<byte> option)
    {
        if (option.Length < 4)
            return false;
        SubnetFamily = (ushort)((option[0] << 8) | option[1]);
        SubnetBits = option[2];
        SubnetAddress = option[4..];
        HasSubnet = true;
        var maxBits = SubnetFamily switch { 1 => 32, 2 => 128, 0 => 0, _ => -1 };
        if (option[3] != 0 || SubnetBits > maxBits || SubnetAddress.Length != (SubnetBits + 7) / 8)
            return false;
        return SubnetBits % 8 == 0 || (SubnetAddress[^1] & (0xFF >> (SubnetBits % 8))) == 0;
    }
}
