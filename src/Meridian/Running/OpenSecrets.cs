using Meridian.Files;
using Meridian.Model;
using Meridian.Model.Resources;

namespace Meridian.Running;

/// <summary>Finds files with secrets that everybody on the machine can read.</summary>
internal static class OpenSecrets
{
    // A private key and the certificate that it belongs to are some kilobytes.
    private const int MaxKeyBytes = 1024 * 1024;

    private static readonly string[] SecretHeaders = ["Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key"];

    /// <summary>A warning for each file of a node that is open.</summary>
    public static IEnumerable<string> Of(NodeOptions options, ResourceSet resources) => Of(Files(options, resources));

    /// <summary>A warning for each of these files that is open.</summary>
    public static IEnumerable<string> Of(IEnumerable<string> files) =>
        files.Distinct().Where(IsOpen).Select(f =>
            $"{f} holds a secret and can be read by everybody on this machine; chmod o-r {ShellText.Quote(f)}");

    private static IEnumerable<string> Files(NodeOptions options, ResourceSet resources) => options.SecretFiles
        .Concat(resources.TsigKeys.Values.Select(k => k.SecretFile))
        .Append(options.Kubernetes?.Kubeconfig)
        .Concat(resources.Clusters.Values.Select(c => c.Access?.File))
        .Append(Path.Combine(options.StateFolder, "meridian.db")) // the digests of codes, and what clients wrote
        .Concat(options.Gateway?.Certificates.SelectMany(KeysAt) ?? [])
        .Concat(resources.Zones.SelectMany(z => z.Dnssec is { } dnssec ? KeysAt(dnssec.Keys) : []))
        .Concat(Written(resources).Where(r => !r.Location.IsInObject).Select(r => r.Location.File))
        .OfType<string>();

    // A secret may stand in the configuration itself.
    private static IEnumerable<Resource> Written(ResourceSet resources) =>
    [
        .. resources.TsigKeys.Values.Where(k => k.Secret is not null),
        .. resources.HealthChecks.Values.Where(c => c.Http?.Headers.Keys.Any(h =>
            SecretHeaders.Contains(h, StringComparer.OrdinalIgnoreCase)) == true),
    ];

    // Keys stand in the certificate's file, beside it, or in a folder of keys.
    private static IEnumerable<string> KeysAt(string path)
    {
        try
        {
            var files = Directory.Exists(path) ? Directory.GetFiles(path) : [path, Path.ChangeExtension(path, ".key")];
            return files.Where(HoldsKey);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool HoldsKey(string file)
    {
        try
        {
            return File.Exists(file) && new FileInfo(file).Length <= MaxKeyBytes
                && RegularFile.ReadText(file).Contains("PRIVATE KEY-----", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

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
