namespace Meridian.Api;

/// <summary>The node could not be reached, or has refused. The message is for people.</summary>
public sealed class ManagementException(string message, bool reached, bool isUsage = false) : Exception(message)
{
    /// <summary>Whether a node answered at all.</summary>
    public bool Reached { get; } = reached;

    /// <summary>Whether the node could make nothing of what was asked.</summary>
    public bool IsUsage { get; } = isUsage;
}
