namespace Meridian.State.Sqlite;

/// <summary>What has become of statements that were written together.</summary>
/// <param name="Fault">Null when they are committed; else why none of them is.</param>
/// <param name="MayBeRetried">Whether it is the disk's fault, so that the same statements may be written later.</param>
internal readonly record struct WriteResult(string? Fault, bool MayBeRetried = false);
