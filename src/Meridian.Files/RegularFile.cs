using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Files;

/// <summary>
/// Reads files that others write: only regular files, and never more than a bound. To open a FIFO that nobody writes to
/// waits for ever, and <c>/dev/zero</c> has no end.
/// </summary>
public static partial class RegularFile
{
    /// <summary>The most that is read of certificates, keys and tokens, in octets.</summary>
    public const int SmallFile = 1024 * 1024;

    // Linux, the same on x64 and arm64 (asm-generic/fcntl.h).
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    /// <exception cref="IOException">
    /// It is no regular file, holds more than <paramref name="maxBytes"/> octets, or cannot be read.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadBytes(string path, int maxBytes = SmallFile)
    {
        using var handle = Open(path);
        using var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        if (!file.CanSeek)
            throw new IOException($"{path} is not a regular file");
        // The length is a hint alone: files of /proc have none, and a file may grow while it is read.
        if (file.Length > maxBytes)
            throw TooLarge(path, maxBytes);
        using var content = new MemoryStream((int)file.Length + 1);
        var buffer = new byte[64 * 1024];
        while (file.Read(buffer) is > 0 and var read)
        {
            content.Write(buffer, 0, read);
            if (content.Length > maxBytes)
                throw TooLarge(path, maxBytes);
        }

        return content.ToArray();
    }

    /// <summary>Reads text in UTF-8, without a byte-order mark.</summary>
    /// <inheritdoc cref="ReadBytes"/>
    public static string ReadText(string path, int maxBytes = SmallFile)
    {
        var text = Encoding.UTF8.GetString(ReadBytes(path, maxBytes));
        return text is ['\uFEFF', .. var rest] ? rest : text;
    }

    private static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux())
            return File.OpenHandle(path);
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder");
        var handle = OpenAtOnce(path, NonBlocking | CloseOnExec);
        if (!handle.IsInvalid)
            return handle;
        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw error switch
        {
            2 or 20 => new FileNotFoundException($"{path}: there is no such file", path), // ENOENT, ENOTDIR
            1 or 13 => new UnauthorizedAccessException($"{path} may not be read"), // EPERM, EACCES
            _ => new IOException($"{path}: {new Win32Exception(error).Message}"),
        };
    }

    private static IOException TooLarge(string path, int maxBytes) => new(maxBytes < 1024 * 1024
        ? $"{path} is larger than {maxBytes} bytes" : $"{path} is larger than {maxBytes >> 20} MiB");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenAtOnce(string path, int flags);
}
