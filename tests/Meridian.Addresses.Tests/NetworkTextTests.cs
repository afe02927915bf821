using System.Net;
using CsCheck;

namespace Meridian.Addresses.Tests;

public sealed class NetworkTextTests
{
    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("0.0.0.0/0")]
    [InlineData("192.0.2.7/32")]
    [InlineData("2001:db8::/32")]
    [InlineData("::/0")]
    [InlineData("2001:db8::1/128")]
    public void A_network_is_read(string text)
    {
        Assert.True(NetworkText.TryParse(text, out var network, out var error), error);
        Assert.Equal(text, network.ToString());
        Assert.True(NetworkText.TryParse(text, out _));
    }

    [Theory]
    [InlineData("10.010.0.0/16")]
    [InlineData("10/8")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("2001:db8::/129")]
    [InlineData("fe80::%1/64")]
    [InlineData("[::]/0")]
    [InlineData("/8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("")]
    public void What_is_not_plainly_a_network_is_refused(string text)
    {
        Assert.False(NetworkText.TryParse(text, out _, out var error));
        Assert.Contains("is not a network", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1/8", "10.0.0.0/8")]
    [InlineData("192.0.2.129/25", "192.0.2.128/25")]
    [InlineData("2001:db8::1/33", "2001:db8::/33")]
    public void Bits_beyond_the_prefix_are_a_fault_that_says_what_to_write(string text, string right)
    {
        Assert.False(NetworkText.TryParse(text, out _, out var error));
        Assert.Equal($"`{text}` has bits set beyond the prefix length; write {right}", error);
        Assert.False(NetworkText.TryParse(text, out _));
        Assert.Throws<FormatException>(() => NetworkText.Parse(text));
        Assert.True(NetworkText.TryParseAround(text, out var around));
        Assert.Equal(right, around.ToString());
    }

    [Fact]
    public void Every_network_is_read_as_it_is_written() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 128]).Sample((octets, length) =>
        {
            var network = new IPNetwork(Masked(octets, length), length);
            return NetworkText.TryParse(network.ToString(), out var read) && read.Equals(network);
        });

    private static IPAddress Masked(byte[] octets, int length)
    {
        for (var bit = length; bit < 128; bit++)
            octets[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPAddress(octets);
    }
}
