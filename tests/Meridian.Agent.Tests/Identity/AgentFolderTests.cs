using Meridian.Agent.Identity;
using Meridian.Agent.Tests.Support;
using Meridian.Tunnel.Identity;

namespace Meridian.Agent.Tests.Identity;

public sealed class AgentFolderTests : IDisposable
{
    private readonly AgentTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/run/state", "/xdg", true, "/run/state")]
    [InlineData("", "/xdg", true, "/var/lib/meridian-agent")]
    [InlineData(null, "/xdg", false, "/xdg/meridian-agent")]
    [InlineData(null, "", false, "/home/lab/.local/state/meridian-agent")]
    [InlineData(null, null, false, "/home/lab/.local/state/meridian-agent")]
    public void The_folder_is_systemd_s_root_s_or_the_user_s(string? systemd, string? xdg, bool root, string expected)
    {
        var folder = AgentFolder.DefaultFor(name => name switch
        {
            "STATE_DIRECTORY" => systemd,
            "XDG_STATE_HOME" => xdg,
            _ => null,
        }, root, "/home/lab");
        Assert.Equal(expected, folder);
    }

    [Fact]
    public void The_key_is_made_once_and_nobody_else_may_read_it()
    {
        Assert.False(_folder.Folder.IsEnrolled);
        Assert.False(_folder.Folder.HasAuthority);
        using var first = _folder.Enroll(TimeProvider.System);
        using var second = _folder.Enroll(TimeProvider.System);
        Assert.True(_folder.Folder.IsEnrolled);
        Assert.True(_folder.Folder.HasAuthority);
        Assert.Equal(first.PublicKey.ExportSubjectPublicKeyInfo(), second.PublicKey.ExportSubjectPublicKeyInfo());
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.At("agent.key")));
        File.SetUnixFileMode(_folder.At("agent.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Throws<UnauthorizedAccessException>(_folder.Folder.Certificate);
        Assert.Throws<UnauthorizedAccessException>(() => SecretFile.Read(_folder.At("agent.key")));
    }
}
