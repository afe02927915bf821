using System.CommandLine;
using Meridian.CommandLine;

namespace Meridian.Tests.CommandLine;

public sealed class RootCommandTests
{
    [Fact]
    public void Help_shows_durations_as_people_write_them()
    {
        using var written = new StringWriter();
        RootCommandFactory.Create().Parse(["drill", "--help"])
            .Invoke(new InvocationConfiguration { Output = written });

        Assert.Contains("[default: 2s]", written.ToString());
        Assert.DoesNotContain("00:00", written.ToString());
        Assert.Contains("Example:", written.ToString());
    }

    [Theory]
    [InlineData("stauts", "; did you mean `status`?")]
    [InlineData("override sett", "; did you mean `set`?")]
    [InlineData("status --wacth", "; did you mean `--watch`?")]
    [InlineData("status", "")]
    [InlineData("unlike", "")]
    public void A_mistyped_command_or_option_is_answered_with_what_was_meant(string line, string meant) =>
        Assert.Equal(meant, RootCommandFactory.Meant(RootCommandFactory.Create().Parse(line.Split(' '))));
}
