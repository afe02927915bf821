using System.Diagnostics;

namespace Meridian.Testing;

/// <summary>A file system that is small enough to be filled, in memory or in a file. Mounting one takes root.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>Why there may be none.</summary>
    public const string Missing = "a small file system can be mounted by root alone, on Linux, where that is allowed";

    // The file that holds an ext4; null for a file system in memory.
    private readonly string? _image;

    private SmallDisk(string folder, string? image = null) => (Folder, _image) = (folder, image);

    public string Folder { get; }

    /// <summary>
    /// Whether it is a file system on a device, which can be frozen, become read-only and lose what was not synced.
    /// </summary>
    public bool HasDevice => _image is not null;

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Mounts one in memory; null where that cannot be done.</summary>
    public static async Task<SmallDisk?> MountAsync(int octets = 512 * 1024)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return null;
        var folder = Directory.CreateTempSubdirectory("meridian-disk-").FullName;
        if (await RunAsync("mount", "-t", "tmpfs", "-o", $"size={octets}", "tmpfs", folder))
            return new SmallDisk(folder);
        Directory.Delete(folder);
        return null;
    }

    /// <summary>Mounts an ext4 in a file; null where that cannot be done.</summary>
    public static async Task<SmallDisk?> MountDeviceAsync(int octets)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !Run.Has("mkfs.ext4")
            || !Run.Has("fsfreeze"))
            return null;
        var folder = Directory.CreateTempSubdirectory("meridian-disk-").FullName;
        var image = folder + ".img";
        using (var file = File.Create(image))
            file.SetLength(octets);
        if (await RunAsync("mkfs.ext4", "-q", "-F", "-m", "0", image) && await MountAsync(image, folder))
        {
            var disk = new SmallDisk(folder, image);
            if (File.Exists(disk.ErrorTrigger))
                return disk;
            await disk.DisposeAsync();
            return null;
        }

        Directory.Delete(folder);
        File.Delete(image);
        return null;
    }

    /// <summary>Writes until nothing more fits.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Takes back what <see cref="Fill"/> wrote.</summary>
    public void Empty() => File.Delete(Filler);

    /// <summary>Lets nothing be written, and whoever writes wait, until the end of a task.</summary>
    public async Task FreezeAsync(Func<Task> meanwhile)
    {
        await DoAsync("fsfreeze", "--freeze", Folder);
        try
        {
            await meanwhile();
        }
        finally
        {
            await DoAsync("fsfreeze", "--unfreeze", Folder);
        }
    }

    /// <summary>
    /// What a device does that fails: the file system becomes read-only with its files open, and what was not synced
    /// is gone.
    /// </summary>
    public void Break() => File.WriteAllText(ErrorTrigger, "1");

    /// <summary>Checks and mounts again what <see cref="Break"/> broke; nobody may have a file of it open.</summary>
    public async Task MendAsync()
    {
        await DoAsync("umount", Folder);
        if (!await RunAsync("e2fsck", "-p", _image!) && !await RunAsync("e2fsck", "-p", _image!))
            throw new InvalidOperationException($"e2fsck cannot repair {_image}");
        if (!await MountAsync(_image!, Folder))
            throw new InvalidOperationException($"{_image} cannot be mounted again");
    }

    /// <summary>Mounts it read-only, or so that it can be written; nobody may have a file open to write.</summary>
    public Task RemountAsync(bool readOnly) => DoAsync("mount", "-o", readOnly ? "remount,ro" : "remount,rw", Folder);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "--lazy", Folder);
        Directory.Delete(Folder, recursive: true);
        if (_image is not null)
            File.Delete(_image);
    }

    // The kernel's own way to say of a mounted ext4 that its device has failed.
    private string ErrorTrigger
    {
        get
        {
            var mounted = File.ReadLines("/proc/mounts").Select(l => l.Split(' ')).First(m => m[1] == Folder);
            return $"/sys/fs/ext4/{Path.GetFileName(mounted[0])}/trigger_fs_error";
        }
    }

    private static Task<bool> MountAsync(string image, string folder) =>
        RunAsync("mount", "-o", "loop,errors=remount-ro", image, folder);

    private static async Task DoAsync(string program, params string[] arguments)
    {
        if (!await RunAsync(program, arguments))
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} has failed");
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Run.Find(program) ?? program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
