namespace Meridian.State.Shared;

/// <summary>One write of a transaction.</summary>
/// <param name="Key">The key below the cluster's prefix.</param>
/// <param name="Value">The value; null deletes the key.</param>
/// <param name="Leased">Whether the key goes when this node's session ends.</param>
public readonly record struct SharedWrite(string Key, string? Value, bool Leased = false);
