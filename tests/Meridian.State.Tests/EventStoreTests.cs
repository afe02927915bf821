using Meridian.Model.History;

namespace Meridian.State.Tests;

public sealed class EventStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-state-").FullName;

    [Fact]
    public async Task An_event_is_read_as_it_was_written_with_all_that_it_is_about()
    {
        var written = new HistoryEvent(DateTimeOffset.UnixEpoch, "verdict", "x", "tcp is down")
        {
            Address = "10.0.0.1",
            From = "Up",
            To = "Down",
            Cause = "refused",
        }.About(["a", "b"], ["p"], ["hanoi", "suva"]);
        await using (var store = SqliteStateStore.Open(_folder, _ => { }))
            store.Events.Append(written);

        await using var again = SqliteStateStore.Open(_folder, _ => { });

        var read = Assert.Single(again.Events.Read(10));
        Assert.Equal(["a", "b"], read.Endpoints);
        Assert.Equal(["hanoi", "suva"], read.Sites);
        Assert.Equal(written, read with { Endpoints = written.Endpoints, Sites = written.Sites });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
