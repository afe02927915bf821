using System.Collections.Immutable;
using Meridian.Files;
using Meridian.Fleet;
using Meridian.Fleet.Records;
using Meridian.Fleet.Updates;
using Meridian.Running.Control;
using Meridian.State.Shared;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// A state folder that joins a store for the first time may hold other records than the store: a person is told, and
/// they are put into a file, before the store's take their place.
/// </summary>
/// <param name="store">The shared store.</param>
/// <param name="stateId">Tells the state folder from all others.</param>
/// <param name="file">The file.</param>
/// <param name="loop">The control loop.</param>
/// <param name="history">Where it is told.</param>
internal sealed class JoinFeature(ISharedStore store, string stateId, string file, ControlLoop loop, History history)
    : ISharedPart
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    private bool _isDone;

    public void Receive(SharedSnapshot snapshot, IReadOnlyCollection<string> keys)
    {
        if (_isDone || stateId.Length == 0)
            return;
        _isDone = true;
        if (snapshot.Entries.ContainsKey(FleetKeys.JoinedBy(stateId)))
            return;
        var parts = JoinReport.Of(loop.State.Inputs, SharedRecordBook.Empty.After(snapshot, keys, loop.Now),
            SharedUpdateBook.Empty.After(snapshot, keys));
        foreach (var part in parts)
            history.Record(LogLevel.Warning, part.Kind, part.Subject, part.Message);
        _ = Task.Run(() => KeepAsync(parts));
    }

    // What could not be kept is told again after the next start.
    private async Task KeepAsync(ImmutableArray<JoinReport.Part> parts)
    {
        try
        {
            if (!parts.IsEmpty)
            {
                await using (var writer = new StreamWriter(file, NewFile.Options(FileMode.Append, NewFile.ForOwner)))
                {
                    foreach (var line in parts.SelectMany(p => p.Lines.Prepend($"; {p.Subject}")))
                        await writer.WriteLineAsync(line);
                }

                history.Record(LogLevel.Warning, "node", "shared store", $"what is served no more is in {file}");
            }

            await store.CommitAsync(new SharedTransaction(
                [new SharedWrite(FleetKeys.JoinedBy(stateId), $"\"{loop.Now:O}\"")]), Limit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            history.Record(LogLevel.Error, "node", "shared store",
                $"what is served no more cannot be written to {file}: {e.Message}");
        }
    }
}
