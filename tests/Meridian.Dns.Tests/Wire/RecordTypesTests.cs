using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

public sealed class RecordTypesTests
{
    [Theory]
    [InlineData("A", 1)]
    [InlineData("aaaa", 28)]
    [InlineData("TYPE1", 1)]
    [InlineData("TYPE65280", 65280)]
    [InlineData("TYPE65536", null)]
    [InlineData("None", null)]
    [InlineData("65", null)]
    public void A_type_is_read_by_its_mnemonic_or_its_number(string text, int? expected)
    {
        Assert.Equal(expected is not null, RecordTypes.TryParse(text, out var type));
        if (expected is { } number)
            Assert.Equal(number, (int)type);
    }

    [Theory]
    [InlineData(1, "A")]
    [InlineData(65280, "TYPE65280")]
    public void A_type_without_a_mnemonic_is_written_by_its_number(int type, string name) =>
        Assert.Equal(name, RecordTypes.Name((RecordType)type));
}
