namespace Meridian.State;

/// <summary>Another process has the state folder: two that write into one would undo each other's work.</summary>
public sealed class StateFolderHeldException(string folder, string? holder) : Exception(
    $"the state folder {folder} belongs to another running node{(holder is null ? "" : $" (process {holder})")}: "
    + "give each node a `--state` of its own");
