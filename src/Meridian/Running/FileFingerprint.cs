using Meridian.Model;

namespace Meridian.Running;

/// <summary>
/// Tells whether files have changed, by name, size and time. Asked once a second: file-change notices do not come for
/// mounted volumes and swapped links, which is how Kubernetes updates files.
/// </summary>
internal static class FileFingerprint
{
    public static string Of(IEnumerable<string> paths, IEnumerable<string> files)
    {
        try
        {
            var all = paths.SelectMany(p => Directory.Exists(p) ? ConfigurationReader.FilesOf(p) : [p]).Concat(files)
                .Distinct();
            return string.Join('\n', all.Select(One));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static string One(string file)
    {
        var info = new FileInfo(file);
        var target = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
        return target.Exists ? $"{file} {target.FullName} {target.Length} {target.LastWriteTimeUtc.Ticks}"
            : $"{file} -";
    }
}
