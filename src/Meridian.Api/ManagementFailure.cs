namespace Meridian.Api;

/// <summary>Why a node has not done what it was asked.</summary>
public enum ManagementFailure
{
    /// <summary>It could not be reached, or did not answer in time.</summary>
    Unreachable,

    /// <summary>It could make nothing of what was asked, or knows nothing by the name that was given.</summary>
    WrongUsage,

    /// <summary>What was asked for is not there, or what it would lead to is not wanted.</summary>
    NotSo,

    /// <summary>The caller may not do it, or the node could not do it.</summary>
    NotDone,
}
