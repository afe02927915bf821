using System.ComponentModel;
using System.Diagnostics;

namespace Meridian.Agent.Commands;

/// <summary>
/// Another file in the place of a program: prepared beside it, tried, put in its place in one step, and undone.
/// </summary>
/// <param name="program">The program that is replaced.</param>
internal sealed class ProgramReplacement(string program)
{
    private string Next => $"{program}.new";

    /// <summary>Where the program is kept that was replaced.</summary>
    public string Old => $"{program}.old";

    /// <summary>Copies the new file beside the program, and sees whether it runs.</summary>
    /// <returns>Its version; null for a file that does not run on this host, and then nothing has changed.</returns>
    /// <exception cref="IOException">It cannot be copied.</exception>
    public async Task<string?> PrepareAsync(string file, CancellationToken cancellationToken)
    {
        File.Copy(file, Next, overwrite: true);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Next, File.GetUnixFileMode(program));
        var version = await VersionOf(Next, cancellationToken);
        if (version is null)
            File.Delete(Next);
        return version;
    }

    /// <summary>Puts the prepared file in the place of the program, whose old file is kept.</summary>
    public void Commit()
    {
        File.Copy(program, Old, overwrite: true);
        File.Move(Next, program, overwrite: true);
    }

    /// <summary>Puts the old file back.</summary>
    public void Undo() => File.Move(Old, program, overwrite: true);

    private static async Task<string?> VersionOf(string program, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
            var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? text.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
