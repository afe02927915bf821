namespace Meridian.Agent.Commands;

/// <summary>Exit statuses of every command.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Something that was asked for did not work out.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;

    /// <summary>The agent's own file has a fault, or the agent is not enrolled.</summary>
    public const int Faulty = 3;

    /// <summary>
    /// The gateway refuses this agent, and dialling again is of no use: the systemd unit does not start it again.
    /// </summary>
    public const int Refused = 4;
}
