using System.Diagnostics;

namespace Meridian.Acceptance.Support;

/// <summary>Runs a program to its end.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "meridian.dll");

    public static Task<Run> MeridianAsync(params string[] arguments) => ProgramAsync("dotnet", [Program, .. arguments]);

    public static async Task<Run> ProgramAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token);
        return new Run(process.ExitCode, await output, await error);
    }

    public static bool Has(string program) =>
        ((string[])["/usr/bin", "/usr/local/bin"]).Any(d => File.Exists(Path.Combine(d, program)));
}
