namespace Meridian.Files;

/// <summary>
/// Tells whether files have changed, by what a name leads to in the end, its size and its time. To be asked about once
/// a second: file-change notices do not come for mounted volumes and swapped links. Kubernetes mounts
/// <c>tls.crt → ..data/tls.crt</c> and swaps <c>..data</c> alone, so that the link itself never changes.
/// </summary>
public static class FileVersion
{
    /// <summary>The version of files in order; a file that is not there has one as well.</summary>
    public static string Of(params IEnumerable<string> files) => string.Join('\n', files.Select(One));

    /// <summary>When what a name leads to was last written, in UTC.</summary>
    public static DateTime WrittenAt(string file) => Target(file).LastWriteTimeUtc;

    private static FileInfo Target(string file)
    {
        var info = new FileInfo(file);
        return info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
    }

    private static string One(string file)
    {
        try
        {
            var target = Target(file);

            // Files that are written within one tick of the kernel's clock have one time: the inode tells them apart.
            return target.Exists
                ? $"{file} {target.FullName} {FileIdentity.Of(file)?.Number} {target.Length} "
                    + $"{target.LastWriteTimeUtc.Ticks}"
                : $"{file} -";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file} {e.Message}";
        }
    }
}
