using Meridian.Model;
using Meridian.Running;

namespace Meridian.Tests.Running;

public sealed class OpenSecretsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void A_secret_that_everybody_can_read_is_warned_of()
    {
        var open = Secret("open", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var closed = Secret("closed", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var options = new NodeOptions
        {
            Configuration = [],
            StateFolder = _folder.Path,
            SecretFiles = [open, closed, open, Path.Combine(_folder.Path, "missing")],
        };

        Assert.Equal([$"{open} holds a secret and can be read by everybody on this machine; chmod o-r {open}"],
            OpenSecrets.Of(options, ResourceSet.Empty));
    }

    [Fact]
    public void What_Kubernetes_mounts_is_seen_by_its_pod_alone()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "..2026"));
        Secret("..2026/token", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var link = Path.Combine(_folder.Path, "token");
        File.CreateSymbolicLink(link, "..2026/token");

        Assert.Empty(OpenSecrets.Of(new NodeOptions
        {
            Configuration = [],
            StateFolder = _folder.Path,
            SecretFiles = [link],
        }, ResourceSet.Empty));
    }

    public void Dispose() => _folder.Dispose();

    private string Secret(string name, UnixFileMode mode)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, "secret");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
        return path;
    }
}
