using System.Globalization;
using System.Net.Sockets;

namespace Meridian.Addresses;

/// <summary>
/// How many files and sockets this process may have open, and who may still have one when few are left. The runtime
/// itself ends the process where it finds none, so that connections must never take the last ones. The kernel gives a
/// socket the lowest number that is free: the number says how many are taken.
/// </summary>
public static class Descriptors
{
    /// <summary>What is kept for the runtime, files and the store.</summary>
    private const int Reserve = 64;

    // What each use leaves to those before it: of 512 descriptors 40, of 65,536 about a thousand.
    private const int Step = 32;
    private const int ShareOfStep = 64;

    private const string Limits = "/proc/self/limits";
    private const string OpenFiles = "Max open files";

    /// <summary>How many there may be; as good as unlimited where the system does not say.</summary>
    public static int Limit { get; } =
        OperatingSystem.IsLinux() && File.Exists(Limits) ? LimitIn(File.ReadAllText(Limits)) : int.MaxValue;

    /// <summary>Whether a socket that was just connected or accepted leaves enough to the others.</summary>
    public static bool HasRoomFor(Socket socket, DescriptorUse use) => HasRoom((int)socket.Handle, use, Limit);

    /// <summary>Whether one of a number leaves enough to the others.</summary>
    internal static bool HasRoom(int number, DescriptorUse use, int limit) =>
        number < limit - Reserve - ((int)use * (Step + (limit / ShareOfStep)));

    /// <summary>The limit in a text as proc_pid_limits(5) describes it.</summary>
    internal static int LimitIn(string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(l => l.StartsWith(OpenFiles, StringComparison.Ordinal));
        var soft = line?[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            ? (int)Math.Min(most, int.MaxValue) : int.MaxValue;
    }
}
