using System.Diagnostics;

namespace Meridian.Testing;

/// <summary>A program that was run to its end.</summary>
public sealed record Run(int ExitCode, string Output, string Error)
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];

    /// <summary>Runs a program of this test project's output folder, such as <c>meridian.dll</c>.</summary>
    public static Task<Run> DotnetAsync(string library, params string[] arguments) =>
        ProgramAsync("dotnet", [Library(library), .. arguments]);

    public static Task<Run> ProgramAsync(string program, params string[] arguments) =>
        WithInputAsync("", program, arguments);

    /// <summary>Runs a program that is given this text on its standard input; 90 s at most.</summary>
    public static async Task<Run> WithInputAsync(string input, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading its input.
        }

        await process.WaitForExitAsync(TestTime.Token(90));
        return new Run(process.ExitCode, await output, await error);
    }

    /// <summary>A file in the output folder of the test project.</summary>
    public static string Library(string name) => Path.Combine(AppContext.BaseDirectory, name);

    /// <summary>Where the system has a program; null if it is not installed.</summary>
    public static string? Find(string program) =>
        Folders.Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    public static bool Has(string program) => Find(program) is not null;
}
