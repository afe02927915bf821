using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>The files that people install.</summary>
public sealed class DeployTests
{
    [Fact]
    public async Task The_unit_file_is_rated_OK_by_systemd()
    {
        Assert.SkipUnless(Run.Has("systemd-analyze"), "systemd-analyze is not installed; on Debian: apt-get install systemd");
        var run = await Run.ProgramAsync("systemd-analyze", "security", "--offline=true", Path.Combine(Checkout.Root, "deploy", "systemd", "meridian.service"));
        Assert.Matches("Overall exposure level for meridian.service: [0-9.]+ (OK|SAFE|PERFECT)", run.Output);
    }
}
