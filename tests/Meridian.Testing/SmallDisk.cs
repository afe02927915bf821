using System.Diagnostics;

namespace Meridian.Testing;

/// <summary>A file system in memory that is small enough to be filled. Mounting one takes root.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>Why there may be none.</summary>
    public const string Missing = "a small file system can be mounted by root alone, on Linux, where that is allowed";

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Mounts one; null where that cannot be done.</summary>
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

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "--lazy", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
