namespace Meridian.Fleet;

/// <summary>What has come of saving something in the shared store.</summary>
/// <param name="Fault">Why it is not known to be there; null where it is on a majority of the store.</param>
/// <param name="Revision">The revision that holds it.</param>
/// <param name="IsStale">Whether nothing was written, because another node has changed the same.</param>
public readonly record struct SharedSave(string? Fault, long Revision = 0, bool IsStale = false)
{
    internal static SharedSave Away(string? reason) => new($"the shared store did not take it: {reason}");
}
