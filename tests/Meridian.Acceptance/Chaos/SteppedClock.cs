using System.Globalization;

namespace Meridian.Acceptance.Chaos;

/// <summary>
/// The wall clock of the processes that are started with it, which a test steps; the clock that only counts stays true.
/// By libfaketime, where that is installed.
/// </summary>
internal sealed class SteppedClock : IDisposable
{
    public const string Missing = "the clock is not stepped: libfaketime is not installed; on Debian: "
        + "apt-get install libfaketime";

    private readonly TestFolder _folder = new();

    public SteppedClock()
    {
        Step(TimeSpan.Zero);
        Environment = Library is null ? [] : new()
        {
            ["LD_PRELOAD"] = Library,
            ["FAKETIME_TIMESTAMP_FILE"] = File,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["NO_FAKE_STAT"] = "1",
        };
    }

    /// <summary>The library; null where it is not installed.</summary>
    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.GetDirectories("/usr/lib", "*-linux-gnu")
            .Select(d => Path.Combine(d, "faketime/libfaketimeMT.so.1")).FirstOrDefault(System.IO.File.Exists)
        : null;

    /// <summary>The variables that a process is started with.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>The variables of a program that is soon done: its clock is as wrong as this one is now.</summary>
    public Dictionary<string, string> Now => Library is null ? [] : new()
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME"] = System.IO.File.ReadAllText(File).Trim(),
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };

    private string File => _folder.File("clock");

    /// <summary>How far the clock is from the true one, from now on.</summary>
    public void Step(TimeSpan offset)
    {
        // Moved into its place: nobody reads half a number.
        var seconds = offset.TotalSeconds.ToString("+0;-0", CultureInfo.InvariantCulture);
        System.IO.File.Move(_folder.Write("new", seconds + "\n"), File, overwrite: true);
    }

    public void Dispose() => _folder.Dispose();
}
