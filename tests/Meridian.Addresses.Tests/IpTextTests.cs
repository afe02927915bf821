using System.Net;
using CsCheck;

namespace Meridian.Addresses.Tests;

public sealed class IpTextTests
{
    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:0DB8::0001", "2001:db8::1")]
    [InlineData("::")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    [InlineData("::ffff:192.0.2.1")]
    public void An_address_is_read(string text, string? canonical = null)
    {
        Assert.True(IpText.TryParse(text, out var address, out var error), error);
        Assert.Equal(canonical ?? text, address.ToString());
    }

    [Theory]
    [InlineData("192.0.2.010")]
    [InlineData("0300.0.2.1")]
    [InlineData("0xC0.0.2.1")]
    [InlineData("3221225985")]
    [InlineData("10.1")]
    [InlineData("1")]
    [InlineData("10.0.0.300")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.")]
    [InlineData(".1.2.3")]
    [InlineData("1.2.3.4.")]
    [InlineData("1..3.4")]
    [InlineData("+1.2.3.4")]
    [InlineData("1.2.3.0004")]
    [InlineData(" 192.0.2.1")]
    [InlineData("192.0.2.1 ")]
    [InlineData("192.0.2.1:53")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]:53")]
    [InlineData("fe80::1%eth0")]
    [InlineData("::1%0")]
    [InlineData("2001:db8::1/64")]
    [InlineData("::192.0.2.010")]
    [InlineData("::1.2.3")]
    [InlineData("1.2.3.4::")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("١٩٢.0.2.1")]
    [InlineData("")]
    public void What_only_the_framework_takes_for_an_address_is_refused(string text)
    {
        Assert.False(IpText.TryParse(text, out _, out var error));
        Assert.Contains($"`{text}`", error, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => IpText.Parse(text));
    }

    [Theory]
    [InlineData("192.0.2.010", true)]
    [InlineData("10.0.0.300", true)]
    [InlineData("3221225985", true)]
    [InlineData("0xC0.0.2.0x1", true)]
    [InlineData("a.b.7", true)]
    [InlineData("a.b.7.", true)]
    [InlineData("2001:zz", true)]
    [InlineData("a.example.org", false)]
    [InlineData("7.example.org", false)]
    [InlineData("a.0xyz", false)]
    [InlineData("", false)]
    public void A_text_whose_last_label_is_a_number_is_meant_as_an_address(string text, bool meant) =>
        Assert.Equal(meant, IpText.IsMeant(text));

    [Fact]
    public void Every_address_is_read_as_it_is_written() =>
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]).Select(octets => new IPAddress(octets)).Sample(address =>
            IpText.TryParse(address.ToString(), out var read) && read.Equals(address));

    [Fact]
    public void Whatever_is_read_is_written_the_same_way_but_for_zeros_and_case() =>
        Gen.String[Gen.Char["0123456789abcdefx.:[]%/ "], 0, 18].Sample(text =>
            !IpText.TryParse(text, out var address)
            || (text.Contains(':', StringComparison.Ordinal)
                ? IPAddress.Parse(text).Equals(address) : address.ToString() == text), iter: 100_000);
}
