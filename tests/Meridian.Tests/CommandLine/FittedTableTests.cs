using Meridian.CommandLine;

namespace Meridian.Tests.CommandLine;

public sealed class FittedTableTests
{
    private const string Address = "2001:db8:1234:5678:9abc:def0:1234:5678";

    [Theory]
    [InlineData(60, "address verdict")]
    [InlineData(80, "address verdict reason")]
    [InlineData(120, "pool address verdict reason")]
    [InlineData(200, "pool address verdict reason policy")]
    public void What_matters_least_is_left_out_and_an_address_is_never_broken(int width, string columns)
    {
        var table = new FittedTable([new("pool", 3), new("address", 0), new("verdict", 1),
            new("reason", 2, Least: 16), new("policy", 4), new("empty", 1)]);
        table.Add(new string('p', 30), Address, "down", string.Join(' ', Enumerable.Repeat("refused", 12)),
            new string('n', 40), "");

        var lines = Terminal.Print(table.Render, width);

        Assert.Equal(columns, string.Join(' ', lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains(lines, l => l.Contains(Address));
        Assert.All(lines, l => Assert.True(l.Length <= width));
    }
}
