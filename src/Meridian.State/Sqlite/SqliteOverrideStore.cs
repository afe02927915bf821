using System.Collections.Immutable;
using Meridian.Addresses;
using Meridian.Model.Verdicts;

namespace Meridian.State.Sqlite;

internal sealed class SqliteOverrideStore(StateDatabase database, WriteQueue writes) : IOverrideStore
{
    public ImmutableArray<Override> Read()
    {
        var overrides = ImmutableArray.CreateBuilder<Override>();
        database.Read(
            "SELECT target, state, author, reason, created, expires FROM overrides ORDER BY created",
            row =>
            {
                if (OverrideTarget.TryParse(row.GetString(0), out var target, out _)
                    && EnumText.TryParse<OverrideState>(row.GetString(1), out var state))
                    overrides.Add(new Override(target, state, row.GetString(2), row.GetString(3), row.GetTime(4),
                        row.IsDBNull(5) ? null : row.GetTime(5)));
            });
        return overrides.ToImmutable();
    }

    public Task<string?> SaveAsync(Override value) => writes.WriteAsync(new Statement(
        "INSERT OR REPLACE INTO overrides (target, state, author, reason, created, expires) "
        + "VALUES ($target, $state, $author, $reason, $created, $expires)",
        ("$target", value.Target.Text), ("$state", value.State.ToString()),
        ("$author", value.Author), ("$reason", value.Reason),
        ("$created", value.Created.ToUnixTimeMilliseconds()), ("$expires", value.Expires?.ToUnixTimeMilliseconds())));

    public Task<string?> DeleteAsync(OverrideTarget target) => writes.WriteAsync(
        new Statement("DELETE FROM overrides WHERE target = $target", ("$target", target.Text)));

    public void DeleteExpired(DateTimeOffset now) => writes.Post(
        new Statement("DELETE FROM overrides WHERE expires <= $now", ("$now", now.ToUnixTimeMilliseconds())));
}
