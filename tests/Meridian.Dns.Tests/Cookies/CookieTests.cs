using Meridian.Dns.Answering;
using Meridian.Dns.Cookies;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Cookies;

public sealed class CookieTests
{
    private static readonly byte[] Client = Convert.FromHexString("2464c4abcf10c957");
    private static readonly byte[] Address = [198, 51, 100, 100];
    private static readonly byte[] Secret = Convert.FromHexString("e5e973e5a6b2a43f48e7dc849e37bfcf");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1559731985);

    [Fact]
    public void SipHash_gives_the_value_of_its_authors()
    {
        byte[] key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        byte[] data = [.. Enumerable.Range(0, 15).Select(i => (byte)i)];
        Assert.Equal(0xa129ca6149be45e5UL, SipHash.Of(key, data));
    }

    [Fact]
    public void A_cookie_is_that_of_RFC_9018_appendix_A_1()
    {
        var server = new byte[CookieJar.ServerLength];
        new CookieJar([Secret]).Make(Client, Address, Now, server);
        Assert.Equal("010000005CF79F111F8130C3EEE29480", Convert.ToHexString(server));
    }

    [Theory]
    [InlineData(0, true, true)]
    [InlineData(1799, true, true)]
    [InlineData(1800, true, false)]
    [InlineData(3600, true, false)]
    [InlineData(3601, false, false)]
    [InlineData(-300, true, true)]
    [InlineData(-301, false, false)]
    public void A_cookie_is_good_for_an_hour_and_renewed_after_half(int age, bool good, bool fresh)
    {
        var jar = new CookieJar([Secret]);
        var server = new byte[CookieJar.ServerLength];
        jar.Make(Client, Address, Now, server);

        Assert.Equal(good, jar.IsGood(Client, server, Address, Now.AddSeconds(age), out var isFresh));
        Assert.Equal(fresh, isFresh);
    }

    [Fact]
    public void A_cookie_is_good_for_its_client_and_address_only_and_survives_one_roll()
    {
        var jar = new CookieJar([Secret]);
        var server = new byte[CookieJar.ServerLength];
        jar.Make(Client, Address, Now, server);

        Assert.False(jar.IsGood(Client, server, [198, 51, 100, 101], Now, out _));
        Assert.False(jar.IsGood([1, 2, 3, 4, 5, 6, 7, 8], server, Address, Now, out _));
        jar.Roll();
        Assert.True(jar.IsGood(Client, server, Address, Now, out var fresh));
        Assert.False(fresh);
        jar.Roll();
        Assert.False(jar.IsGood(Client, server, Address, Now, out _));
    }

    [Fact]
    public void A_client_gets_a_cookie_and_is_known_when_it_brings_it_back()
    {
        var options = new ResponderOptions { Cookies = CookieJar.Random() };
        var responder = new Responder(options);
        var first = Ask(responder, Client, out var known);
        Assert.False(known);
        Assert.Equal(24, first.Options[10].Length);
        Assert.Equal(Client, first.Options[10][..8]);

        var second = Ask(responder, first.Options[10], out known);
        Assert.True(known);
        Assert.Equal(first.Options[10], second.Options[10]);

        byte[] forged = [.. first.Options[10][..23], (byte)(first.Options[10][23] ^ 1)];
        Assert.Equal(1, Ask(responder, forged,
            out known).Answer.Count(a => a.Contains("192.0.2.80", StringComparison.Ordinal)));
        Assert.False(known);
    }

    private static Reply Ask(Responder responder, byte[] cookie, out bool known)
    {
        var response = new byte[1232];
        var query = new QueryBuilder("www.example.org", RecordType.A).Option(10, cookie).Build();
        var summary = responder.Respond(TestZones.ExampleSet, query, response,
            new Requester(Address, Transport.Udp, 1, Now));
        known = summary.IsKnownClient;
        return Reply.Parse(response.AsSpan(0, summary.Length));
    }
}
