namespace Meridian.Api;

/// <summary>The node could not be reached, or has refused. The message is for people.</summary>
public sealed class ManagementException(string message, ManagementFailure failure) : Exception(message)
{
    public ManagementFailure Failure { get; } = failure;

    /// <summary>Whether a node answered at all.</summary>
    public bool Reached => Failure != ManagementFailure.Unreachable;
}
