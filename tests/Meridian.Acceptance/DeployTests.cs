namespace Meridian.Acceptance;

/// <summary>The files that people install.</summary>
public sealed class DeployTests
{
    [Theory, InlineData("meridian.service"), InlineData("meridian-agent.service")]
    public async Task The_unit_file_is_rated_OK_by_systemd(string unit)
    {
        Assert.SkipUnless(Run.Has("systemd-analyze"),
            "systemd-analyze is not installed; on Debian: apt-get install systemd");
        var run = await Run.ProgramAsync("systemd-analyze", "security", "--offline=true",
            Path.Combine(Checkout.Root, "deploy", "systemd", unit));
        Assert.Matches($"Overall exposure level for {unit}: [0-9.]+ (OK|SAFE|PERFECT)", run.Output);
    }
}
