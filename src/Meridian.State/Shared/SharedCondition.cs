namespace Meridian.State.Shared;

/// <summary>What must be so for a transaction to be done.</summary>
/// <param name="Key">The key below the cluster's prefix.</param>
/// <param name="Modified">The revision at which the key was written last; 0 where there must be no such key.</param>
public readonly record struct SharedCondition(string Key, long Modified);
