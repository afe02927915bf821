using System.Collections.Immutable;

namespace Meridian.State;

/// <summary>One-time codes that agents can be enrolled with.</summary>
public interface IEnrollmentStore
{
    ImmutableArray<StoredEnrollment> Read();

    /// <returns>Null when it is on disk; else why it is not.</returns>
    Task<string?> SaveAsync(StoredEnrollment enrollment);

    /// <returns>Null when the deletion is on disk; else why it is not.</returns>
    Task<string?> DeleteAsync(string digest);
}
