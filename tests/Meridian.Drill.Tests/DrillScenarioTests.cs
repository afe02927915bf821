using Microsoft.Extensions.Time.Testing;

namespace Meridian.Drill.Tests;

public sealed class DrillScenarioTests
{
    [Fact]
    public void Commands_are_read_with_their_seconds_and_run_in_order()
    {
        var scenario = DrillScenario.Parse("s", "# comment\r\n\n30 echo two \n 1.5s\techo one\n");

        Assert.Equal([new ScenarioStep(TimeSpan.FromSeconds(1.5), "echo one"), new(TimeSpan.FromSeconds(30), "echo " +
            "two")],
            scenario.Steps);
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("30")]
    [InlineData("-1 echo")]
    [InlineData("NaN echo")]
    [InlineData("1000001 echo")]
    [InlineData("1,5 echo")]
    public void A_line_that_is_wrong_is_named(string line) =>
        Assert.StartsWith("s:2: wanted SECONDS COMMAND",
            Assert.Throws<FormatException>(() => DrillScenario.Parse("s", $"0 echo\n{line}")).Message,
                StringComparison.Ordinal);

    [Fact]
    public async Task A_command_runs_when_its_time_comes_and_says_how_it_ended()
    {
        var time = new FakeTimeProvider();
        var lines = new List<string>();
        var running = DrillScenario.Parse("s", "30 echo hello; exit 3").RunAsync(lines.Add, time,
            CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(lines);
        time.Advance(TimeSpan.FromSeconds(1));

        await running.WithinAsync(30);

        Assert.Equal(["--- 30 s: echo hello; exit 3", "    hello", "--- exit status 3: echo hello; exit 3"], lines);
    }
}
