using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Meridian.Drill;

/// <summary>
/// Commands to run at given seconds: one line each, <c>SECONDS COMMAND</c>; <c>#</c> starts a comment.
/// </summary>
public sealed record DrillScenario(ImmutableArray<ScenarioStep> Steps)
{
    /// <exception cref="FormatException">A line is wrong; the message names it.</exception>
    public static DrillScenario Parse(string file, string text)
    {
        var steps = ImmutableArray.CreateBuilder<ScenarioStep>();
        var number = 0;
        foreach (var line in text.Split('\n').Select(l => l.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            var space = line.IndexOfAny([' ', '\t']);
            if (space < 0
                || !double.TryParse(line.AsSpan(0, space).TrimEnd('s'), NumberStyles.Float,
                    CultureInfo.InvariantCulture, out var seconds)
                || seconds is not (>= 0 and <= 1_000_000))
                throw new FormatException($"{file}:{number}: wanted SECONDS COMMAND, such as `30 systemctl stop " +
                    $"nginx`");
            steps.Add(new ScenarioStep(TimeSpan.FromSeconds(seconds), line[space..].Trim()));
        }

        return new DrillScenario([.. steps.OrderBy(s => s.At)]);
    }

    /// <summary>Runs each command by the shell when its time comes.</summary>
    public async Task RunAsync(Action<string> say, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            foreach (var step in Steps)
            {
                var wait = step.At - time.GetElapsedTime(start);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, cancellationToken);
                say($"--- {step.At.TotalSeconds:0.#} s: {step.Command}");
                var shell = OperatingSystem.IsWindows()
                    ? new ProcessStartInfo("cmd", ["/c", step.Command])
                    : new ProcessStartInfo("/bin/sh", ["-c", step.Command]);
                shell.RedirectStandardOutput = shell.RedirectStandardError = true;
                using var process = Process.Start(shell)!;
                process.OutputDataReceived += (_, e) => Report(e.Data);
                process.ErrorDataReceived += (_, e) => Report(e.Data);
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
                await process.WaitForExitAsync(cancellationToken);
                if (process.ExitCode != 0)
                    say($"--- exit status {process.ExitCode}: {step.Command}");
            }
        }
        catch (OperationCanceledException)
        {
            // The drill has ended.
        }

        void Report(string? line)
        {
            if (line is not null)
                say($"    {line}");
        }
    }
}
