namespace Meridian.Agent.Commands;

/// <summary>What the program says to those who run it.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Something that was asked for did not work out.</summary>
    public const int Failed = 1;

    /// <summary>The agent's own file has a fault.</summary>
    public const int Faulty = 3;

    /// <summary>
    /// The gateway does not want this agent, and dialling again is of no use (the unit does not start it again).
    /// </summary>
    public const int Refused = 4;
}
