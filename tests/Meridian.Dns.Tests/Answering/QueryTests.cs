using Meridian.Dns.Answering;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Answering;

/// <summary>What is read from a query, bit by bit.</summary>
public sealed class QueryTests
{
    private const int Cookie = 10;
    private const int Subnet = 8;

    [Theory]
    [InlineData(0x0000, 0, false)]
    [InlineData(0x0001, 0, false)]
    [InlineData(0x0100, 0, false)]
    [InlineData(0x2000, 4, false)]
    [InlineData(0x2800, 5, false)]
    [InlineData(0x4000, 8, false)]
    [InlineData(0x7800, 15, false)]
    [InlineData(0x8000, 0, true)]
    [InlineData(0x87FF, 0, true)]
    public void The_header_has_an_opcode_of_four_bits_and_one_bit_for_responses(int flags, int opcode, bool response)
    {
        byte[] header = [0, 1, (byte)(flags >> 8), (byte)flags];
        var query = new Query();
        var reader = new DnsReader(header);

        Assert.True(query.TryReadHeader(ref reader));
        Assert.Equal((opcode, response), (query.OpCode, query.IsResponse));
    }

    [Theory]
    [InlineData(0, 512)]
    [InlineData(511, 512)]
    [InlineData(600, 600)]
    [InlineData(1232, 1232)]
    [InlineData(1233, 1232)]
    [InlineData(65535, 1232)]
    public void A_response_over_UDP_has_512_to_1232_octets(int payload, int limit)
    {
        var query = Read(new QueryBuilder("example.org", RecordType.A) { Edns = true, Payload = (ushort)payload });

        Assert.Equal(limit, query.MaxUdp);
        Assert.Equal(ushort.MaxValue, query.MaxTcp);
        Assert.Equal(512, Read(new QueryBuilder("example.org", RecordType.A)).MaxUdp);
    }

    /// <summary>Extended RCODE, version and flags of an OPT record; the version, DO and CO that are read.</summary>
    [Theory]
    [InlineData(0x00000000u, 0, false, false)]
    [InlineData(0x00008000u, 0, true, false)]
    [InlineData(0x00004000u, 0, false, true)]
    [InlineData(0x00003FFFu, 0, false, false)]
    [InlineData(0x00010000u, 1, false, false)]
    [InlineData(0xFF000000u, 0, false, false)]
    [InlineData(0x00FFC000u, 255, true, true)]
    public void The_flags_of_EDNS_are_read_one_by_one(uint ttl, int version, bool dnssecOk, bool compactOk)
    {
        var message = new QueryBuilder("example.org", RecordType.A) { Edns = true }.Build();
        for (var i = 0; i < 4; i++)
            message[^(6 - i)] = (byte)(ttl >> (24 - (8 * i)));
        Assert.True(TryRead(message, out var query));

        Assert.Equal((version, dnssecOk, compactOk), (query.EdnsVersion, query.DnssecOk, query.CompactOk));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void A_cookie_has_8_or_16_to_40_octets(int length, bool read)
    {
        var cookie = Enumerable.Range(1, length).Select(i => (byte)i).ToArray();
        var message = new QueryBuilder("example.org", RecordType.A).Option(Cookie, cookie).Build();

        Assert.Equal(read, TryRead(message, out var query));
        if (!read)
            return;
        Assert.Equal(cookie[..8], query.ClientCookie);
        Assert.Equal(cookie[8..], query.ServerCookie);
    }

    [Fact]
    public void The_first_of_two_cookies_counts_and_the_second_is_checked()
    {
        byte[] first = [1, 1, 1, 1, 1, 1, 1, 1];
        byte[] second = [2, 2, 2, 2, 2, 2, 2, 2];
        var two = new QueryBuilder("example.org", RecordType.A).Option(Cookie, first).Option(Cookie, second).Build();

        Assert.True(TryRead(two, out var query));
        Assert.Equal(first, query.ClientCookie);
        Assert.False(TryRead(
            new QueryBuilder("example.org", RecordType.A).Option(Cookie, first).Option(Cookie, 1).Build(), out _));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("000100", false)]
    [InlineData("00010000", true)]
    [InlineData("0001010080", true)]
    [InlineData("0001010040", false)]
    [InlineData("00010801FF", false)]
    [InlineData("00010800FF", true)]
    [InlineData("00010900FF80", true)]
    [InlineData("00010900FF40", false)]
    [InlineData("00010900FF", false)]
    [InlineData("00010800FF00", false)]
    [InlineData("00011400C63360", true)]
    [InlineData("00011400C63368", false)]
    [InlineData("00012000C6336401", true)]
    [InlineData("00012100C633640100", false)]
    [InlineData("0002800020010DB8000000000000000000000001", true)]
    [InlineData("0002810020010DB800000000000000000000000100", false)]
    [InlineData("00000000", true)]
    [InlineData("0000080000", false)]
    [InlineData("00030000", false)]
    [InlineData("80000000", false)]
    public void A_client_subnet_is_cut_to_its_prefix_and_padded_with_zeros(string hex, bool read)
    {
        var option = Convert.FromHexString(hex);
        Assert.Equal(read, TryRead(
            new QueryBuilder("example.org", RecordType.A).Option(Subnet, option).Build(), out var query));
        if (!read)
            return;
        Assert.Equal((option[2], true), (query.SubnetBits, query.HasSubnet));
        Assert.Equal(option[4..], query.SubnetAddress);
    }

    [Fact]
    public void Two_client_subnets_are_malformed() => Assert.False(TryRead(
        new QueryBuilder("example.org", RecordType.A).Subnet("192.0.2.0", 24).Subnet("192.0.2.0", 24).Build(), out _));

    [Theory]
    [InlineData("0003", false)]
    [InlineData("00030001", false)]
    [InlineData("00030000", true)]
    [InlineData("000300010B", true)]
    [InlineData("FFFE0002ABCD", true)]
    [InlineData("0003000000", false)]
    public void Options_fill_the_record(string hex, bool read)
    {
        var options = Convert.FromHexString(hex);
        byte[] message = [.. new QueryBuilder("example.org", RecordType.A) { Edns = true }.Build(), .. options];
        message[^(options.Length + 1)] = (byte)options.Length;

        Assert.Equal(read, TryRead(message, out _));
    }

    [Theory]
    [InlineData(3, true, false)]
    [InlineData(11, false, true)]
    [InlineData(12, false, false)]
    public void A_query_may_ask_for_the_server_and_for_how_long_a_connection_stays(
        ushort option, bool nsid, bool keepalive)
    {
        var query = Read(new QueryBuilder("example.org", RecordType.A).Option(option));

        Assert.Equal((nsid, keepalive), (query.AsksForNsid, query.AsksForKeepalive));
    }

    /// <summary>Records behind the question, each with its section, and what becomes of the query.</summary>
    [Theory]
    [InlineData(0, 0, 0, "", true, false, false)]
    [InlineData(1, 0, 0, "A", true, false, false)]
    [InlineData(1, 0, 0, "", false, false, false)]
    [InlineData(0, 1, 0, "A", true, false, false)]
    [InlineData(1, 1, 1, "AAA", true, false, false)]
    [InlineData(1, 1, 1, "AA", false, false, false)]
    [InlineData(0, 1, 1, "AAA", false, false, false)]
    [InlineData(0, 0, 1, "O", true, true, false)]
    [InlineData(0, 0, 2, "OA", true, true, false)]
    [InlineData(0, 0, 2, "OO", false, true, false)]
    [InlineData(0, 0, 1, "o", false, false, false)]
    [InlineData(1, 0, 0, "O", true, false, false)]
    [InlineData(0, 1, 0, "o", true, false, false)]
    [InlineData(0, 0, 1, "T", true, false, true)]
    [InlineData(0, 0, 2, "TA", true, false, true)]
    [InlineData(1, 0, 0, "T", true, false, true)]
    [InlineData(0, 0, 2, "TO", true, true, true)]
    public void Records_are_stepped_over_but_for_OPT_and_TSIG(
        byte answers, byte authorities, byte additionals, string records, bool read, bool edns, bool tsig)
    {
        byte[] message =
        [
            .. new QueryBuilder("example.org", RecordType.A).Build(),
            .. records.SelectMany(r => (byte[])(r switch
            {
                'A' => [1, (byte)'a', 0, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1],
                'T' => [0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 0],
                'O' => [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0],
                _ => [1, (byte)'a', 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0],
            })),
        ];
        (message[7], message[9], message[11]) = (answers, authorities, additionals);

        Assert.Equal(read, TryRead(message, out var query));
        if (read)
            Assert.Equal((edns, tsig), (query.HasEdns, query.HasTsig));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(256)]
    public void A_query_has_one_question(int questions)
    {
        var message = new QueryBuilder("example.org", RecordType.A).Build();
        (message[4], message[5]) = ((byte)(questions >> 8), (byte)questions);

        Assert.False(TryRead(message, out _));
        Assert.False(TryRead(message[..12], out _));
    }

    [Fact]
    public void The_question_is_known_where_what_follows_it_is_malformed()
    {
        byte[] message = [.. new QueryBuilder("example.org", RecordType.A).Build(), 0];

        Assert.False(TryRead(message, out var query));
        Assert.True(query.HasQuestion);
        Assert.False(TryRead(message[..^2], out query));
        Assert.False(query.HasQuestion);
    }

    [Fact]
    public void A_later_version_of_EDNS_may_have_other_options()
    {
        var message = new QueryBuilder("example.org", RecordType.A) { Version = 1 }.Option(Subnet, 1, 2, 3).Build();

        Assert.True(TryRead(message, out var query));
        Assert.Equal(1, query.EdnsVersion);
    }

    private static Parsed Read(QueryBuilder builder)
    {
        Assert.True(TryRead(builder.Build(), out var query));
        return query;
    }

    private static bool TryRead(byte[] message, out Parsed parsed)
    {
        var query = new Query();
        var reader = new DnsReader(message);
        var read = query.TryReadHeader(ref reader) && query.TryReadBody(ref reader);
        parsed = new Parsed(
            query.MaxResponse(Transport.Udp), query.MaxResponse(Transport.Tcp), query.HasEdns, query.EdnsVersion,
            query.DnssecOk, query.CompactOk, query.HasTsig, query.ClientCookie.ToArray(), query.ServerCookie.ToArray(),
            query.HasSubnet, query.SubnetBits, query.SubnetAddress.ToArray(), query.HasQuestion, query.AsksForNsid,
            query.AsksForKeepalive);
        return read;
    }

    private sealed record Parsed(
        int MaxUdp, int MaxTcp, bool HasEdns, int EdnsVersion, bool DnssecOk, bool CompactOk, bool HasTsig,
        byte[] ClientCookie, byte[] ServerCookie, bool HasSubnet, byte SubnetBits, byte[] SubnetAddress,
        bool HasQuestion, bool AsksForNsid, bool AsksForKeepalive);
}
