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

    private const string Limits = "/proc/self/limits";
    private const string OpenFiles = "Max open files";

    /// <summary>How many there may be; as good as unlimited where the system does not say.</summary>
    public static int Limit { get; } =
        OperatingSystem.IsLinux() && File.Exists(Limits) ? LimitIn(File.ReadAllText(Limits)) : int.MaxValue;

    /// <summary>Whether a socket that was just connected or accepted leaves enough to the others.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="share">How much of all there is may be taken once it is there: the less, the sooner it gives way to
    /// what is more important.</param>
    public static bool HasRoomFor(Socket socket, double share) => HasRoom((int)socket.Handle, share, Limit);

    /// <summary>Whether one of a number leaves enough to the others.</summary>
    internal static bool HasRoom(int number, double share, int limit) =>
        number < Math.Min(limit * share, limit - Reserve);

    /// <summary>The limit in a text as proc_pid_limits(5) describes it.</summary>
    internal static int LimitIn(string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(l => l.StartsWith(OpenFiles, StringComparison.Ordinal));
        var soft = line?[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            ? (int)Math.Min(most, int.MaxValue) : int.MaxValue;
    }
}
