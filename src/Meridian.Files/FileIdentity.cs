using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Meridian.Files;

/// <summary>Which file a name leads to: another one of the same name has another identity.</summary>
/// <param name="Device">The device, as the kernel numbers it.</param>
/// <param name="Number">The inode; where there is no telling, the time at which the file was made.</param>
public readonly partial record struct FileIdentity(ulong Device, ulong Number)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint WantNumber = 0x100; // STATX_INO

    /// <summary>Null where the file is not there or cannot be looked at.</summary>
    public static FileIdentity? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return File.Exists(path) ? new FileIdentity(0, (ulong)File.GetCreationTimeUtc(path).Ticks) : null;

        // struct statx is the same on every architecture (statx(2)): stx_ino at 32, stx_dev_major and _minor at 136.
        Span<byte> status = stackalloc byte[256];
        return Statx(CurrentFolder, path, 0, WantNumber, ref MemoryMarshal.GetReference(status)) != 0
            ? null
            : new FileIdentity(
                ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(status[136..]) << 32)
                    | BinaryPrimitives.ReadUInt32LittleEndian(status[140..]),
                BinaryPrimitives.ReadUInt64LittleEndian(status[32..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte status);
}
