using Meridian.State.Shared;

namespace Meridian.Fleet;

/// <summary>A write that is done only where the key still stands as it was read.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; null deletes the key.</param>
/// <param name="Modified">The revision at which the key was written last when it was read; 0 for none.</param>
internal readonly record struct CheckedWrite(string Key, string? Value, long Modified)
{
    /// <summary>What is written in place of an entry.</summary>
    public static CheckedWrite After(SharedSnapshot snapshot, string key, string? value) =>
        new(key, value, snapshot.Entries.GetValueOrDefault(key)?.Modified ?? 0);
}
