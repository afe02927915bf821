using System.Buffers.Binary;
using System.Security.Cryptography;
using Meridian.Dns.Serving;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Transfers;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Tsig;

public sealed class TsigTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly SharedKey Key = new(DnsName.Parse("xfr."), TsigAlgorithm.HmacSha256,
        new byte[] { 1, 2, 3, 4 });

    [Theory]
    [InlineData("hmac-sha256")]
    [InlineData("hmac-sha384")]
    [InlineData("hmac-sha512")]
    public void A_request_and_an_answer_of_three_messages_verify(string name)
    {
        Assert.True(TsigAlgorithm.TryParse(name, out var algorithm));
        var key = Key with { Algorithm = algorithm };
        var client = new TsigSession(key);
        var request = Sign(client, request: true);
        Assert.True(TsigRecord.TryRead(request, out var record, out _));
        var server = TsigSession.Accept(record, key, Now, out var error);
        Assert.Equal(TsigError.None, error);

        for (var i = 0; i < 3; i++)
        {
            var answer = Sign(server!, request: false);
            Assert.True(TsigRecord.TryRead(answer, out record, out _));
            Assert.Equal(TsigError.None, client.Verify(record, Now));
        }
    }

    /// <summary>RFC 8945 section 4.3; in a year whose time needs more than 32 bits.</summary>
    [Fact]
    public void A_MAC_covers_the_message_and_all_variables_and_after_the_first_message_the_one_before_and_the_time()
    {
        var session = new TsigSession(Key);
        byte[] time = [0, 1, 0xB0, 0x98, 0x7C, 0x80, 1, 44]; // 48 bits, then 300 seconds
        var now = DateTimeOffset.FromUnixTimeSeconds(0x1_B098_7C80);
        var message = Header(12);
        byte[] name = [3, .. "xfr"u8, 0];
        byte[] algorithm = [11, .. "hmac-sha256"u8, 0];

        var first = Signed(session, now);
        var expected = HMACSHA256.HashData(Key.Secret.Span,
            [.. message, .. name, 0, 255, 0, 0, 0, 0, .. algorithm, .. time, 0, 0, 0, 0]);
        Assert.Equal(expected, Mac(first));
        Assert.Equal(time, first[^(6 + 32 + 2 + 8)..^(6 + 32 + 2)]);

        var second = Signed(session, now);
        Assert.Equal(HMACSHA256.HashData(Key.Secret.Span, [0, 32, .. expected, .. message, .. time]), Mac(second));

        byte[] Mac(byte[] signed) => signed[^(6 + 32)..^6];
    }

    [Fact]
    public void Any_octet_changed_is_noticed()
    {
        var request = Sign(new TsigSession(Key), request: true);
        for (var i = 0; i < request.Length; i++)
        {
            var changed = (byte[])request.Clone();
            changed[i] ^= 0x21;

            // The id travels beside the signature, which has its own (RFC 8945 section 4.2).
            var taken = Request.Read(changed, Zones(Key), Now);
            Assert.True(i < 2 || taken.Session is null || taken.Refusal is not null, $"octet {i}");
        }
    }

    [Theory]
    [InlineData(300, null)]
    [InlineData(301, 18)]
    [InlineData(-301, 18)]
    public void A_clock_may_differ_by_five_minutes(int seconds, int? error)
    {
        var request = Sign(new TsigSession(Key), request: true);
        var taken = Request.Read(request, Zones(Key), Now.AddSeconds(seconds));
        Assert.Equal(error is null, taken.Refusal is null);
        if (error is null)
            return;
        Assert.Equal(9, taken.Refusal![3] & 0xF);
        Assert.True(TsigRecord.TryRead(taken.Refusal, out var record, out _));
        Assert.Equal(error, record.Error);
        Assert.NotEmpty(record.Mac.ToArray());
    }

    // RFC 8945 section 5.2.3: only so can the client verify the answer and learn how far its clock is off.
    [Theory]
    [InlineData(1000)]
    [InlineData(-1000)]
    public void A_client_whose_clock_is_wrong_gets_its_own_time_back_and_the_server_s_beside_it(int seconds)
    {
        var client = new TsigSession(Key);
        var taken = Request.Read(Sign(client, request: true), Zones(Key), Now.AddSeconds(seconds));

        var record = Read(taken.Refusal!);
        Assert.Equal(Now.ToUnixTimeSeconds(), record.Time);
        Assert.Equal(Now.ToUnixTimeSeconds() + seconds, BinaryPrimitives.ReadInt64BigEndian([0, 0, .. record.Other]));
        Assert.Equal(TsigError.None, client.Verify(record, Now));
    }

    [Fact]
    public void An_unknown_key_and_a_wrong_secret_are_told_apart_and_not_signed()
    {
        var request = Sign(new TsigSession(Key), request: true);
        foreach (var (keys, error) in (IEnumerable<(SharedKey[], TsigError)>)
            [([], TsigError.BadKey), ([Key with { Secret = new byte[] { 9 } }], TsigError.BadSignature),
                ([Key with { Algorithm = TsigAlgorithm.HmacSha512 }], TsigError.BadKey)])
        {
            var taken = Request.Read(request, Zones(keys), Now);
            Assert.True(TsigRecord.TryRead(taken.Refusal, out var record, out _));
            Assert.Equal((ushort)error, record.Error);
            Assert.Empty(record.Mac.ToArray());
        }
    }

    [Fact]
    public void A_secondary_says_why_its_signature_is_not_accepted()
    {
        Assert.Equal("does not know the key, or knows it with another algorithm", Fault([], 0));
        Assert.Equal("has another secret for the key", Fault([Key with { Secret = new byte[] { 9 } }], 0));
        Assert.Equal("has another time: its clock says 2026-11-25T09:00:00Z", Fault([Key], 3600));
        Assert.Equal("signed an answer wrongly, or not at all", TransferClient.SignatureFault(Header(12)));

        static string Fault(SharedKey[] keys, int seconds) => TransferClient.SignatureFault(
            Request.Read(Sign(new TsigSession(Key), request: true), Zones(keys), Now.AddSeconds(seconds)).Refusal);
    }

    [Fact]
    public void A_TSIG_that_is_not_the_last_record_is_malformed()
    {
        var signed = Sign(new TsigSession(Key), request: true);
        byte[] more = [.. signed, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];
        more[11]++;
        Assert.Equal(1, Request.Read(more, Zones(Key), Now).Refusal![3] & 0xF);
    }

    [Theory]
    [InlineData(0, TsigError.Malformed)]
    [InlineData(15, TsigError.Malformed)]
    [InlineData(16, TsigError.BadTruncation)]
    [InlineData(31, TsigError.BadTruncation)]
    [InlineData(33, TsigError.Malformed)]
    public void A_MAC_that_is_cut_or_too_long_is_refused(int length, TsigError expected)
    {
        var record = Read(WithMac(Sign(new TsigSession(Key), request: true), length));

        Assert.Null(TsigSession.Accept(record, Key, Now, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void A_request_without_a_MAC_is_malformed() =>
        Assert.Equal(1,
            Request.Read(WithMac(Sign(new TsigSession(Key), request: true), 0), Zones(Key), Now).Refusal![3] & 0xF);

    [Fact]
    public void A_forwarded_message_is_verified_by_its_original_id()
    {
        var request = Sign(new TsigSession(Key), request: true);
        request[0] ^= 0xFF;

        Assert.NotNull(TsigSession.Accept(Read(request), Key, Now, out var error));
        Assert.Equal(TsigError.None, error);
    }

    [Fact]
    public void An_answer_of_another_request_does_not_verify()
    {
        var client = new TsigSession(Key);
        Sign(client, request: true);
        var other = new TsigSession(Key);
        var request = new QueryBuilder("example.net", RecordType.SOA).Build();
        var buffer = new byte[request.Length + TsigSession.MaxLength];
        request.CopyTo(buffer, 0);
        var length = other.SignRequest(buffer, request.Length, Now);
        var server = TsigSession.Accept(Read(buffer[..length]), Key, Now, out _)!;

        Assert.Equal(TsigError.BadSignature, client.Verify(Read(Sign(server, request: false)), Now));
    }

    [Theory]
    [InlineData(99, true)]
    [InlineData(100, false)]
    public void So_many_messages_of_an_answer_may_be_unsigned(int count, bool accepted)
    {
        var (client, server) = Pair();
        Assert.Equal(TsigError.None, client.Verify(Read(Sign(server, request: false)), Now));

        for (var i = 1; i < count; i++)
            Assert.True(client.AcceptUnsigned([1, 2, 3]));
        Assert.Equal(accepted, client.AcceptUnsigned([1, 2, 3]));
    }

    [Fact]
    public void The_first_message_of_an_answer_is_signed() => Assert.False(Pair().Client.AcceptUnsigned([1, 2, 3]));

    [Fact]
    public void The_next_signature_covers_the_unsigned_messages_before_it_once()
    {
        byte[] plain = new QueryBuilder("example.org", RecordType.SOA).Build();
        var (client, server) = Pair();
        Assert.Equal(TsigError.None, client.Verify(Read(Sign(server, request: false)), Now));

        // The server covers what it has sent unsigned, as the client does what it has received.
        Assert.True(client.AcceptUnsigned(plain));
        Assert.True(server.AcceptUnsigned(plain));
        Assert.Equal(TsigError.None, client.Verify(Read(Sign(server, request: false)), Now));
        Assert.Equal(TsigError.None, client.Verify(Read(Sign(server, request: false)), Now));

        Assert.True(client.AcceptUnsigned(plain));
        Assert.Equal(TsigError.BadSignature, client.Verify(Read(Sign(server, request: false)), Now));
    }

    /// <summary>What is changed in a signed message, and whether the record is there, broken or not found.</summary>
    [Theory]
    [InlineData("", true, false)]
    [InlineData("class", false, true)]
    [InlineData("ttl", false, true)]
    [InlineData("trailing", false, true)]
    [InlineData("other", false, true)]
    [InlineData("section", false, true)]
    [InlineData("unsigned", false, false)]
    [InlineData("cut", false, true)]
    public void A_record_is_whole_of_class_ANY_and_last(string change, bool read, bool malformed)
    {
        var plain = new QueryBuilder("example.org", RecordType.SOA).Build();
        var message = Sign(new TsigSession(Key), request: true);

        // The record's name is `xfr.`, five octets, before type, class, TTL and length.
        var fields = plain.Length + 5;
        switch (change)
        {
            case "class":
                message[fields + 3] = 1;
                break;
            case "ttl":
                message[fields + 7] = 1;
                break;
            case "trailing":
                message = [.. message, 0];
                break;
            case "other":
                message[fields + 9]++;
                message = [.. message, 0];
                break;
            case "section":
                (message[7], message[11]) = (message[11], 0);
                break;
            case "unsigned":
                message = plain;
                break;
            case "cut":
                message = message[..^1];
                break;
        }

        Assert.Equal((read, malformed), (TsigRecord.TryRead(message, out _, out var broken), broken));
    }

    [Fact]
    public void A_time_has_48_bits()
    {
        var message = Sign(new TsigSession(Key), request: true);
        var at = new QueryBuilder("example.org", RecordType.SOA).Build().Length + 5 + 10 + 13;
        message[at + 1] = 1;

        Assert.Equal(Now.ToUnixTimeSeconds() + (1L << 32), Read(message).Time);
    }

    private static byte[] Header(int length)
    {
        var message = new byte[length];
        BinaryPrimitives.WriteUInt16BigEndian(message, 4711);
        return message;
    }

    private static byte[] Signed(TsigSession session, DateTimeOffset now)
    {
        var buffer = Header(12 + TsigSession.MaxLength);
        return buffer[..session.Sign(buffer, 12, now)];
    }

    private static (TsigSession Client, TsigSession Server) Pair()
    {
        var client = new TsigSession(Key);
        var server = TsigSession.Accept(Read(Sign(client, request: true)), Key, Now, out _);
        return (client, server!);
    }

    private static TsigRecord Read(byte[] message)
    {
        Assert.True(TsigRecord.TryRead(message, out var record, out _));
        return record;
    }

    // The MAC of 32 octets stands before id, error and the length of what follows, six octets.
    private static byte[] WithMac(byte[] message, int length)
    {
        var plain = new QueryBuilder("example.org", RecordType.SOA).Build().Length;
        var mac = message.Length - 6 - 32;
        byte[] changed = [.. message[..(mac - 2)], 0, (byte)length, .. new byte[length], .. message[^6..]];
        changed[plain + 5 + 9] = (byte)(changed[plain + 5 + 9] + length - 32);
        return changed;
    }

    private static ZoneSet Zones(params SharedKey[] keys) => new([], keys);

    private static byte[] Sign(TsigSession session, bool request)
    {
        var message = new QueryBuilder("example.org", RecordType.SOA).Build();
        var buffer = new byte[message.Length + TsigSession.MaxLength];
        message.CopyTo(buffer, 0);
        return buffer[..(request
            ? session.SignRequest(buffer, message.Length, Now) : session.Sign(buffer, message.Length, Now))];
    }
}
