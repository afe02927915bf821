using System.Collections.Immutable;
using Meridian.Model.Verdicts;

namespace Meridian.State;

/// <summary>The overrides that people have set.</summary>
public interface IOverrideStore
{
    /// <summary>The overrides, the oldest first.</summary>
    ImmutableArray<Override> Read();

    /// <summary>Saves an override in place of any other on the same target.</summary>
    /// <returns>Null when it is on disk; else why it is not.</returns>
    Task<string?> SaveAsync(Override value);

    /// <summary>Deletes the override on a target, if there is one.</summary>
    /// <returns>Null when that is on disk; else why it is not.</returns>
    Task<string?> DeleteAsync(OverrideTarget target);

    /// <summary>Deletes the overrides that have expired. Nobody waits for it.</summary>
    void DeleteExpired(DateTimeOffset now);
}
