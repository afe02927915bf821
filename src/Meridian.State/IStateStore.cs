namespace Meridian.State;

/// <summary>
/// What must outlive a process, one narrow store per concern. Reading happens at start-up; writes are queued, so that a
/// slow or hanging disk delays nobody. Whoever waits for a write waits five seconds for those before it, and then for
/// the disk, whose answer alone says whether it is stored. A store that cannot be read or written says why in
/// <see cref="Fault"/> and costs memory only: answers go on.
/// </summary>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>Tells this store from all others; empty where it cannot be read.</summary>
    string Id { get; }

    /// <summary>What is wrong with the store, or null.</summary>
    string? Fault { get; }

    /// <summary>Whether the disk has not answered one write for half a minute.</summary>
    bool IsStalled { get; }

    IOverrideStore Overrides { get; }

    IVerdictStore Verdicts { get; }

    IEventStore Events { get; }

    IZoneDataStore Zones { get; }

    IRecordOwnerStore Records { get; }

    IEnrollmentStore Enrollments { get; }

    /// <summary>Begins to write. What is to be read is read before.</summary>
    void Start();

    /// <summary>Waits until everything that is queued now is written.</summary>
    /// <returns>False where something of it could not be written, or the limit has passed.</returns>
    Task<bool> FlushAsync(TimeSpan limit);
}
