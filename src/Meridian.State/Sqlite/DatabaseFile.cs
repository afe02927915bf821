using Meridian.Files;
using Microsoft.Win32.SafeHandles;

namespace Meridian.State.Sqlite;

/// <summary>
/// The database's file as the node left it. Commits go into the log beside it, and SQLite would go on acknowledging
/// them over a file that was removed, emptied or overwritten, where none of them is found at the next start. The file
/// itself changes at checkpoints alone, and the node makes them: any other change is somebody else's.
/// </summary>
internal sealed class DatabaseFile : IDisposable
{
    private const int HeaderSize = 100;

    private readonly string _path;
    private readonly FileIdentity? _identity;

    // Open as long as the connection: whoever closes a file loses the locks of the whole process on it (fcntl(2)), and
    // with SQLite's locks gone another program could remove the log.
    private readonly SafeFileHandle _handle;

    private string _left = "";

    public DatabaseFile(string path)
    {
        _path = path;
        _identity = FileIdentity.Of(path);
        _handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        Remember();
    }

    /// <summary>Takes the file to be what it is now, after it was written to on purpose.</summary>
    public void Remember() => _left = Content();

    /// <summary>What somebody else did to the file; null where nobody did anything.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public string? Change() =>
        FileIdentity.Of(_path) != _identity ? "removed or replaced" : Content() != _left ? "overwritten" : null;

    public void Dispose() => _handle.Dispose();

    private string Content()
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        var read = RandomAccess.Read(_handle, header, 0);
        return $"{RandomAccess.GetLength(_handle)} {File.GetLastWriteTimeUtc(_handle).Ticks} "
            + Convert.ToHexString(header[..read]);
    }
}
