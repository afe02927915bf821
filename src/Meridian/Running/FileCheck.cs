namespace Meridian.Running;

/// <summary>Files that are looked at every second.</summary>
/// <param name="Name">What they are called in messages and metrics.</param>
/// <param name="Check">
/// Reads them where they have changed; gives what is wrong with those that are there now, for as long as it is.
/// </param>
internal sealed record FileCheck(string Name, Func<string?> Check);
