using Meridian.Model;

namespace Meridian.Running;

/// <summary>Finds files with secrets that everybody on the machine can read.</summary>
internal static class OpenSecrets
{
    public static IEnumerable<string> Of(NodeOptions options, ResourceSet resources) =>
        Files(options, resources).Distinct().Where(IsOpen)
            .Select(f => $"{f} holds a secret and can be read by everybody on this machine; chmod o-r {f}");

    private static IEnumerable<string> Files(NodeOptions options, ResourceSet resources) =>
        options.SecretFiles.Concat(resources.TsigKeys.Values.Select(k => k.SecretFile))
            .OfType<string>();

    // A Secret that Kubernetes mounts (..data) is seen by its pod alone, whatever its mode.
    private static bool IsOpen(string path)
    {
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            return !OperatingSystem.IsWindows() && !target.Contains("/..", StringComparison.Ordinal)
                && (File.GetUnixFileMode(target) & UnixFileMode.OtherRead) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
