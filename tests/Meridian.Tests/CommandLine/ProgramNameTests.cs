using Meridian.CommandLine;

namespace Meridian.Tests.CommandLine;

public sealed class ProgramNameTests
{
    [Theory]
    [InlineData("/usr/bin/meridian", "/usr/bin/meridian.dll", "meridian")]
    [InlineData("/opt/m/meridian", "/opt/m/meridian.dll", "/opt/m/meridian")]
    [InlineData("/opt/my apps/meridian", "x", "'/opt/my apps/meridian'")]
    [InlineData("/usr/bin/dotnet", "/src/bin/Meridian.dll", "dotnet /src/bin/Meridian.dll")]
    [InlineData(null, "x", "meridian")]
    public void A_command_that_is_printed_can_be_pasted(string? process, string assembly, string name) =>
        Assert.Equal(name, ProgramName.Of(process, assembly, ["/bin", "/usr/bin"]));
}
