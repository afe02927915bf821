using Meridian.Files;

namespace Meridian.State.Sqlite;

/// <summary>
/// A node's folder: held by one process at a time, and remembers which database it had, so that one that is missing or
/// another one is noticed. A loss is reported at every start until a person deletes the file that records it.
/// </summary>
internal sealed class HeldFolder(string folder) : IDisposable
{
    // flock(2) where somebody else has it: EWOULDBLOCK.
    private const int WouldBlock = 11;

    private FileStream? _lock;

    public string Database => Path.Combine(folder, "meridian.db");

    private string LockFile => Path.Combine(folder, "meridian.lock");

    private string LossFile => Path.Combine(folder, "meridian.loss");

    /// <summary>Takes the folder, which is made as needed.</summary>
    /// <exception cref="StateFolderHeldException">Another process has it.</exception>
    /// <exception cref="IOException">It cannot be made or written to.</exception>
    public void Hold()
    {
        NewFile.MakeFolder(folder);
        try
        {
            var how = NewFile.Options(FileMode.OpenOrCreate, NewFile.ForOwner);
            (how.Access, how.Share, how.BufferSize) = (FileAccess.ReadWrite, FileShare.None, 1);
            _lock = new FileStream(LockFile, how);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new StateFolderHeldException(folder, Holder());
        }
    }

    /// <summary>Which database the folder had when it was held before; null for none.</summary>
    public string? Remembered()
    {
        _lock!.Position = 0;
        using var reader = new StreamReader(_lock, leaveOpen: true);
        return reader.ReadLine() is { Length: > 0 } id ? id : null;
    }

    /// <summary>Remembers which database the folder has.</summary>
    public void Remember(string id)
    {
        _lock!.SetLength(0);
        using (var writer = new StreamWriter(_lock, leaveOpen: true))
            writer.Write($"{id}\n{Environment.ProcessId}\n");
        _lock.Flush(flushToDisk: true);
    }

    /// <summary>Says what is lost, and goes on saying so after every start.</summary>
    public void RecordLoss(string what)
    {
        try
        {
            using var file = new StreamWriter(LossFile, NewFile.Options(FileMode.Append, NewFile.ForOwner));
            file.Write(what + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The loss is reported now even if it cannot be recorded.
        }
    }

    /// <summary>A loss that nobody has acknowledged; null for none.</summary>
    public string? Loss()
    {
        try
        {
            return File.Exists(LossFile)
                ? $"{string.Join("; ", RegularFile.ReadText(LossFile).TrimEnd().Split('\n'))}; remove {LossFile} once "
                    + "that is dealt with"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"something was lost, and {LossFile} cannot be read: {e.Message}";
        }
    }

    public void Dispose() => _lock?.Dispose();

    private string? Holder()
    {
        try
        {
            return RegularFile.ReadText(LockFile).Split('\n') is [_, { Length: > 0 } process, ..]
                ? process : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
