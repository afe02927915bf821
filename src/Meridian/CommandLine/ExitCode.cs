namespace Meridian.CommandLine;

/// <summary>Exit statuses of every command.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The thing checked is not so.</summary>
    public const int NotSo = 1;

    /// <summary>Whether this program finds it or the node that is asked.</summary>
    public const int WrongUsage = 2;

    /// <summary>Cannot reach or cannot start, or the node may not or cannot do it.</summary>
    public const int CannotStart = 3;
}
