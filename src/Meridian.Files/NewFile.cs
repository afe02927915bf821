namespace Meridian.Files;

/// <summary>
/// Makes files and folders whose modes are said, so that it is not the umask that decides who may read or change them.
/// </summary>
public static class NewFile
{
    /// <summary>Only the owner reads it.</summary>
    public const UnixFileMode ForOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The owner's group reads it as well.</summary>
    public const UnixFileMode ForGroup = ForOwner | UnixFileMode.GroupRead;

    /// <summary>Everybody reads it, and only the owner changes it.</summary>
    public const UnixFileMode ForAll = ForGroup | UnixFileMode.OtherRead;

    private const UnixFileMode FolderForGroup =
        ForGroup | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    /// <summary>How a file is opened that may be made by it.</summary>
    public static FileStreamOptions Options(FileMode mode, UnixFileMode rights)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = rights;
        return options;
    }

    /// <summary>Writes a file, which keeps its mode where it is there already.</summary>
    public static void Write(string path, string text, UnixFileMode rights)
    {
        using var writer = new StreamWriter(path, Options(FileMode.Create, rights));
        writer.Write(text);
    }

    /// <summary>Writes a file; readers see the old one or the new one whole.</summary>
    public static void Replace(string path, string text, UnixFileMode rights)
    {
        var next = $"{path}.new";
        File.Delete(next); // one that a crash has left would keep its mode
        Write(next, text, rights);
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Makes a folder where there is none, for its owner and the owner's group.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="isPublic">Whether others may look into it as well.</param>
    public static void MakeFolder(string path, bool isPublic = false)
    {
        if (OperatingSystem.IsWindows())
#pragma warning disable RS0030 // folders have no modes there
            Directory.CreateDirectory(path);
#pragma warning restore RS0030
        else
            Directory.CreateDirectory(path, FolderForGroup
                | (isPublic ? UnixFileMode.OtherRead | UnixFileMode.OtherExecute : 0));
    }
}
