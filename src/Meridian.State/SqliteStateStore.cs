using Meridian.State.Sqlite;

namespace Meridian.State;

/// <summary>The state of one node in one SQLite file, <c>meridian.db</c>.</summary>
public sealed class SqliteStateStore : IStateStore
{
    private readonly FaultReport _fault;
    private readonly StateDatabase _database;
    private readonly WriteQueue _writes;

    private SqliteStateStore(StateDatabase database, FaultReport fault)
    {
        _fault = fault;
        _database = database;
        _writes = new WriteQueue(database, fault, TimeProvider.System);
        Overrides = new SqliteOverrideStore(database, _writes);
        Verdicts = new SqliteVerdictStore(database, _writes);
        Events = new SqliteEventStore(database, _writes);
        Zones = new SqliteZoneDataStore(database, _writes);
        Records = new SqliteRecordOwnerStore(database, _writes);
        Enrollments = new SqliteEnrollmentStore(database, _writes);
    }

    public string Id { get; private set; } = "";

    public string? Fault => _fault.Current;

    public bool IsStalled => _writes.IsStalled;

    public IOverrideStore Overrides { get; }

    public IVerdictStore Verdicts { get; }

    public IEventStore Events { get; }

    public IZoneDataStore Zones { get; }

    public IRecordOwnerStore Records { get; }

    public IEnrollmentStore Enrollments { get; }

    /// <summary>
    /// Opens <c>meridian.db</c> in a folder, creating both as needed. A damaged file is set aside, never deleted.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="alarm">Called with every new fault.</param>
    /// <exception cref="StateFolderHeldException">Another process has the folder.</exception>
    public static SqliteStateStore Open(string folder, Action<string> alarm)
    {
        var fault = new FaultReport(alarm);
        var store = new SqliteStateStore(StateDatabase.Open(folder, fault), fault);
        store._database.Read("SELECT id FROM store", row => store.Id = row.GetString(0));
        return store;
    }

    /// <summary>
    /// Opens the store of a node that may be running, to read it. Nothing is created or changed; where there is no
    /// store, or none that can be read, <see cref="Fault"/> says so.
    /// </summary>
    public static SqliteStateStore OpenReadOnly(string folder)
    {
        var fault = new FaultReport(_ => { });
        return new SqliteStateStore(StateDatabase.OpenReadOnly(folder, fault), fault);
    }

    public void Start() => _writes.Start();

    public Task<bool> FlushAsync(TimeSpan limit) => _writes.FlushAsync(limit);

    /// <summary>Writes what is queued, for five seconds at most, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (await _writes.CloseAsync())
            _database.Dispose();
    }
}
