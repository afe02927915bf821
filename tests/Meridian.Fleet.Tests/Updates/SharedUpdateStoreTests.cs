using Meridian.Fleet.Updates;
using Meridian.State;
using Meridian.State.Shared;
using Meridian.Testing.Shared;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Fleet.Tests.Updates;

/// <summary>Dynamic updates that are written at one node are read at all, in one order for each zone.</summary>
public sealed class SharedUpdateStoreTests
{
    private const string Zone = "example.org.";
    private const int A = 1;
    private const int Txt = 16;

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryCluster _cluster = new();
    private readonly MemoryStore _store;
    private readonly SharedUpdateStore _one;
    private readonly SharedUpdateStore _other;
    private SharedUpdateBook _book = SharedUpdateBook.Empty;

    public SharedUpdateStoreTests()
    {
        _store = _cluster.Connect();
        _store.Start(u => _book = _book.After(u.Now, u.Keys), () => { });
        _ = _store.CommitAsync(new SharedTransaction([StoreFormat.First]), default);
        _one = new SharedUpdateStore(_store, "n1", _time);
        _other = new SharedUpdateStore(_store, "n2", _time);
    }

    [Fact]
    public async Task An_update_is_kept_with_its_sets_and_the_zone_counts_as_known()
    {
        var saved = await _one.SaveAsync(UpdatedZone.None, Zone, [Set("www.example.org.", A, 1)]);

        Assert.Null(saved.Fault);
        Assert.Equal(saved.Revision, _book.Find(Zone).Head);
        Assert.Equal(1, Assert.Single(_book.Find("Example.ORG.").Sets.Values).Records[0]);
        Assert.Equal(UpdatedZone.None, _book.Find("example.net."));
    }

    [Fact]
    public async Task Of_two_updates_of_one_state_of_a_zone_the_later_is_stale_and_writes_nothing()
    {
        await _one.SaveAsync(_book.Find(Zone), Zone, [Set("www.example.org.", A, 1)]);
        var before = _book.Find(Zone);
        Assert.Null((await _one.SaveAsync(before, Zone, [Set("a.example.org.", A, 2)])).Fault);

        Assert.True((await _other.SaveAsync(before, Zone, [Set("b.example.org.", A, 3)])).IsStale);
        Assert.Equal(["a.example.org.", "www.example.org."], _book.Find(Zone).Sets.Keys.Select(k => k.Owner).Order());
    }

    [Fact]
    public async Task Types_of_a_name_that_an_update_leaves_alone_stay_and_names_are_one_in_any_letters()
    {
        await _one.SaveAsync(_book.Find(Zone), Zone, [Set("www.example.org.", A, 1), Set("www.example.org.", Txt, 2)]);
        await _other.SaveAsync(_book.Find(Zone), Zone, [Set("WWW.example.org.", A, 3)]);

        Assert.Equal([3, 2], _book.Find(Zone).Sets.OrderBy(s => s.Key.Type).Select(s => (int)s.Value.Records[0]));
    }

    [Fact]
    public async Task An_update_of_more_names_than_a_transaction_takes_is_kept_whole_and_later_ones_stand_above_it()
    {
        StoredRecordSet[] sets = [.. Enumerable.Range(0, 500).Select(i => Set($"n{i}.example.org.", A, 1))];
        var revision = _cluster.Current.Revision;
        Assert.Null((await _one.SaveAsync(UpdatedZone.None, Zone, sets)).Fault);
        Assert.Equal(revision + 1, _cluster.Current.Revision);
        Assert.Equal(500, _book.Find(Zone).Sets.Count);

        await _other.SaveAsync(_book.Find(Zone), Zone, [Set("n7.example.org.", A, 9)]);

        Assert.Equal(9, _book.Find(Zone).Sets[("n7.example.org.", A)].Records[0]);
        Assert.Equal(9, ReadAnew().Find(Zone).Sets[("n7.example.org.", A)].Records[0]);
        Assert.Equal(500, ReadAnew().Find(Zone).Sets.Count);
    }

    [Fact]
    public async Task Names_with_a_slash_are_told_from_those_of_the_layout()
    {
        const string Reverse = "0/25.2.0.192.in-addr.arpa.";
        await _one.SaveAsync(UpdatedZone.None, Reverse, [Set("a/names/b.0/25.2.0.192.in-addr.arpa.", A, 1)]);

        Assert.Equal([("a/names/b.0/25.2.0.192.in-addr.arpa.", A)], _book.Find(Reverse).Sets.Keys);
        Assert.Equal([Reverse], SharedUpdateBook.ZonesOf(_cluster.Current.Entries.Keys));
    }

    [Fact]
    public async Task With_the_store_away_an_update_is_refused_and_not_stale()
    {
        _store.Cut();
        var saved = await _one.SaveAsync(UpdatedZone.None, Zone, [Set("www.example.org.", A, 1)]);

        Assert.Equal(("the shared store did not take it: it is cut off", false), (saved.Fault, saved.IsStale));
    }

    [Fact]
    public async Task An_update_that_no_store_takes_is_refused()
    {
        var large = new StoredRecordSet(Zone, "www.example.org.", Txt, new byte[SharedLimits.MaxBytes]);

        Assert.Contains("are the most", (await _one.SaveAsync(UpdatedZone.None, Zone, [large])).Fault,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_node_alone_has_is_taken_in_where_the_store_does_not_know_the_zone()
    {
        StoredRecordSet[] sets = [.. Enumerable.Range(0, 1200).Select(i => Set($"n{i}.example.org.", A, 1))];
        Assert.Null((await _one.OfferAsync(Zone, sets)).Fault);
        Assert.Equal(1200, _book.Find(Zone).Sets.Count);

        Assert.True((await _other.OfferAsync(Zone, [Set("n1.example.org.", A, 9)])).IsStale);
        Assert.Equal(1, _book.Find(Zone).Sets[("n1.example.org.", A)].Records[0]);
    }

    [Fact]
    public async Task A_key_that_somebody_deletes_takes_its_sets_along_and_shows_what_stood_before()
    {
        StoredRecordSet[] sets = [.. Enumerable.Range(0, 100).Select(i => Set($"n{i}.example.org.", A, 1))];
        await _one.SaveAsync(UpdatedZone.None, Zone, sets);
        await _one.SaveAsync(_book.Find(Zone), Zone, [Set("n1.example.org.", A, 2), Set("m.example.org.", A, 2)]);
        await _store.CommitAsync(new SharedTransaction([
            new SharedWrite(FleetKeys.UpdateOf(Zone, "n1.example.org."), null),
            new SharedWrite(FleetKeys.UpdateOf(Zone, "m.example.org."), null)]), default);

        Assert.Equal(100, _book.Find(Zone).Sets.Count);
        Assert.Equal(1, _book.Find(Zone).Sets[("n1.example.org.", A)].Records[0]);

        await _store.CommitAsync(new SharedTransaction([new SharedWrite(FleetKeys.Update(Zone), null)]), default);
        Assert.Equal(UpdatedZone.None, _book.Find(Zone));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[null]")]
    [InlineData("""[{"owner":null,"type":1,"records":""}]""")]
    [InlineData("""[{"owner":"a.example.org.","type":1}]""")]
    public async Task What_cannot_be_read_is_left_out(string value)
    {
        await _one.SaveAsync(UpdatedZone.None, Zone, [Set("www.example.org.", A, 1)]);
        await _store.CommitAsync(new SharedTransaction([
            new SharedWrite(FleetKeys.UpdateOf(Zone, "a.example.org."), value)]), default);

        Assert.Equal(["www.example.org."], _book.Find(Zone).Sets.Keys.Select(k => k.Owner));
    }

    private static StoredRecordSet Set(string owner, int type, byte data) => new(Zone, owner, type, [data]);

    private SharedUpdateBook ReadAnew() =>
        SharedUpdateBook.Empty.After(_cluster.Current, _cluster.Current.Entries.Keys);
}
