using System.Collections.Immutable;

namespace Meridian.State.Sqlite;

internal sealed class SqliteEnrollmentStore(StateDatabase database, WriteQueue writes) : IEnrollmentStore
{
    public ImmutableArray<StoredEnrollment> Read()
    {
        var enrollments = ImmutableArray.CreateBuilder<StoredEnrollment>();
        database.Read("SELECT digest, agent, expires FROM enrollments", row =>
            enrollments.Add(new StoredEnrollment(row.GetString(0), row.GetString(1),
                DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(2)))));
        return enrollments.ToImmutable();
    }

    public Task<string?> SaveAsync(StoredEnrollment enrollment) => writes.WriteAsync(new Statement(
        "INSERT OR REPLACE INTO enrollments (digest, agent, expires) VALUES ($digest, $agent, $expires)",
        ("$digest", enrollment.Digest), ("$agent", enrollment.Agent),
        ("$expires", enrollment.Expires.ToUnixTimeSeconds())));

    public Task<string?> DeleteAsync(string digest) => writes.WriteAsync(
        new Statement("DELETE FROM enrollments WHERE digest = $digest", ("$digest", digest)));
}
