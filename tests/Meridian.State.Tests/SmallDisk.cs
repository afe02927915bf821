using System.Diagnostics;

namespace Meridian.State.Tests;

/// <summary>A file system in memory that is small enough to be filled. Mounting one takes root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int Octets = 512 * 1024;

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    public static async Task<SmallDisk> MountAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root",
            "a small file system can be mounted by root alone, on Linux");
        var folder = Directory.CreateTempSubdirectory("meridian-disk-").FullName;
        var mounted = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={Octets}", "tmpfs", folder);
        if (!mounted)
            Directory.Delete(folder);
        Assert.SkipUnless(mounted, "this environment allows root to mount no file system");
        return new SmallDisk(folder);
    }

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
