using Meridian.Files;

namespace Meridian.Tunnel.Identity;

/// <summary>A file that only its owner may read, from the moment it exists.</summary>
public static class SecretFile
{
    public static void Write(string path, string text) => NewFile.Replace(path, text, NewFile.ForOwner);

    /// <summary>Reads one.</summary>
    /// <exception cref="UnauthorizedAccessException">Others may read it too.</exception>
    public static string Read(string path)
    {
        if (!OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
            throw new UnauthorizedAccessException($"{path} can be read by others; chmod 600 {ShellText.Quote(path)}");
        return RegularFile.ReadText(path);
    }
}
