namespace Meridian.CommandLine;

/// <summary>Exit statuses of every command.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The thing checked is not so.</summary>
    public const int NotSo = 1;

    public const int WrongUsage = 2;

    /// <summary>Cannot reach or cannot start.</summary>
    public const int CannotStart = 3;
}
