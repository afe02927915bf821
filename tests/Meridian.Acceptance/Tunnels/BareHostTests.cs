namespace Meridian.Acceptance.Tunnels;

/// <summary>A host or a container that has no more than the program: no users, no names, no configuration.</summary>
public sealed class BareHostTests
{
    [Theory]
    [InlineData("meridian-agent.dll", "check", 3, "meridian-agent: there is no /var/lib/meridian-agent/agent.yaml;")]
    [InlineData("meridian.dll", "override clear site/a --server http://127.0.0.1:1", 3, "meridian: cannot reach")]
    public async Task A_command_needs_no_name_of_its_user(string program, string command, int exitCode, string error)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run.Has("unshare"),
            "needs root on Linux and util-linux's unshare, to take /etc away from a process");
        var run = await Run.ProgramAsync("unshare", "--mount", "sh", "-c",
            $"mount -t tmpfs none /etc && mount -t tmpfs none /var && exec dotnet {Run.Library(program)} {command}");
        Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }
}
