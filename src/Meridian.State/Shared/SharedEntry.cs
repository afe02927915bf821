namespace Meridian.State.Shared;

/// <summary>One key of a store that nodes share.</summary>
/// <param name="Key">The key below the cluster's prefix, such as <c>overrides/site/fra</c>.</param>
/// <param name="Value">Its value; JSON text.</param>
/// <param name="Created">The revision at which the key was made; the fencing number of whoever holds it.</param>
/// <param name="Modified">The revision at which it was written last.</param>
public sealed record SharedEntry(string Key, string Value, long Created, long Modified);
