using Meridian.Dns.Serving;
using Meridian.Dns.Tests.Support;
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
    public void A_TSIG_that_is_not_the_last_record_is_malformed()
    {
        var signed = Sign(new TsigSession(Key), request: true);
        byte[] more = [.. signed, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];
        more[11]++;
        Assert.Equal(1, Request.Read(more, Zones(Key), Now).Refusal![3] & 0xF);
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
