using System.Text.RegularExpressions;

namespace Meridian.Tests;

/// <summary>The table of scenarios in docs/testing.md: all of them, with tests that there are.</summary>
public sealed partial class ScenarioTableTests
{
    private const int Scenarios = 49;

    private readonly (int Number, string[] Tests)[] _rows =
    [
        .. from line in Checkout.Read("docs/testing.md").Split('\n')
           let row = Row().Match(line)
           where row.Success
           select (int.Parse(row.Groups[1].ValueSpan),
               Name().Matches(row.Groups[2].Value).Select(m => m.Groups[1].Value).ToArray()),
    ];

    [Fact]
    public void Every_scenario_has_a_test() => Assert.All(Enumerable.Range(1, Scenarios).Zip(_rows), pair =>
    {
        Assert.Equal(pair.First, pair.Second.Number);
        Assert.NotEmpty(pair.Second.Tests);
    });

    [Fact]
    public void There_is_no_scenario_more_or_less() => Assert.Equal(Scenarios, _rows.Length);

    [Fact]
    public void Every_test_in_the_table_is_there()
    {
        var tests = Checkout.SourceFiles("tests").Where(f => f.EndsWith("Tests.cs", StringComparison.Ordinal))
            .SelectMany(f => Method().Matches(Checkout.Read(f))
                .Select(m => $"{Path.GetFileNameWithoutExtension(f)}.{m.Groups[1].Value}"))
            .ToHashSet(StringComparer.Ordinal);

        Assert.All(_rows.SelectMany(r => r.Tests), name => Assert.Contains(name, tests));
    }

    [GeneratedRegex(@"^\| (\d+) \| [^|]+ \| ([^|]+) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Za-z0-9]+\\.[A-Za-z0-9_]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();
}
