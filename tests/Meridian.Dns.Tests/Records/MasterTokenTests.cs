using Meridian.Dns.Records;

namespace Meridian.Dns.Tests.Records;

public sealed class MasterTokenTests
{
    [Theory]
    [InlineData("\u00FF", "FF")]
    [InlineData("\\\u00FF", "FF")]
    [InlineData("\\255\u0080", "FF80")]
    [InlineData("\u0100", null)]
    [InlineData("\\\u0100", null)]
    [InlineData("a\\", null)]
    public void A_character_of_a_token_is_an_octet(string text, string? octets)
    {
        Assert.Equal(octets is not null, new MasterToken(text, false).TryDecode(out var decoded));
        if (octets is not null)
            Assert.Equal(octets, Convert.ToHexString(decoded));
    }
}
