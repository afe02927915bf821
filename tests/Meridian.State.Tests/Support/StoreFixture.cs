using Meridian.Model.Verdicts;
using Microsoft.Data.Sqlite;

namespace Meridian.State.Tests.Support;

/// <summary>A folder for a store, the alarms that it raised, and a way to its file past it.</summary>
public abstract class StoreFixture : IDisposable
{
    protected static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TestFolder _folder = new();

    protected string Folder => _folder.Path;

    protected string DatabaseFile => _folder.File("meridian.db");

    protected List<string> Alarms { get; } = [];

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the store and starts to write.</summary>
    protected SqliteStateStore Open()
    {
        var store = SqliteStateStore.Open(Folder, Alarms.Add);
        store.Start();
        return store;
    }

    /// <summary>Changes the file as another program would.</summary>
    protected void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    protected static async Task FlushAsync(SqliteStateStore store) =>
        Assert.True(await store.FlushAsync(TestTime.Limit(10)), "not written in time");

    protected static OverrideTarget Target(string text)
    {
        Assert.True(OverrideTarget.TryParse(text, out var target, out var fault), fault);
        return target;
    }

    protected static Override Drain(string target, DateTimeOffset created, DateTimeOffset? expires = null) =>
        new(Target(target), OverrideState.Drain, "thao", "maintenance", created, expires);
}
