namespace Meridian.Agent.Commands;

/// <summary>What an upgrade has led to, as JSON.</summary>
/// <param name="Program">The program that was replaced.</param>
/// <param name="Version">The version that it is now.</param>
/// <param name="Old">Where the program from before is kept.</param>
/// <param name="ProcessId">The process that has taken over; null where no agent runs with this folder.</param>
/// <param name="Before">The process that it has taken over from.</param>
internal sealed record UpgradeDocument(string Program, string Version, string Old, int? ProcessId, int? Before);
