using Meridian.Fleet.Records;
using Meridian.Model.Records;
using Meridian.State.Shared;
using Meridian.Testing.Shared;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Fleet.Tests.Records;

/// <summary>Clients' records that are written at one node are read at all, or are refused.</summary>
public sealed class SharedRecordStoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly MemoryCluster _cluster = new();
    private readonly TestNode _one;
    private readonly TestNode _other;

    public SharedRecordStoreTests()
    {
        (_one, _other) = (new TestNode(_cluster, _time), new TestNode(_cluster, _time));
        _ = _one.Store.CommitAsync(new SharedTransaction([StoreFormat.First]), default);
    }

    [Fact]
    public async Task What_one_node_takes_all_nodes_have()
    {
        Assert.Null((await _one.Records.SaveAsync(Hk(), Create(A("a"), A("b")))).Fault);

        Assert.Equal([A("a"), A("b")], _other.Book.Find("hk")!.Records);
        Assert.Equal("hanoi", _other.Book.Find("hk")!.Site);
    }

    [Fact]
    public async Task Changes_at_two_nodes_of_one_name_both_hold()
    {
        await _one.Records.SaveAsync(Hk(), Create(A("a")));
        await _other.Records.SaveAsync(Hk(), Create(A("a") with { RecordType = "AAAA" }));
        await _one.Records.SaveAsync(Hk(), new RecordChanges { Delete = [A("a")] });

        Assert.Equal(["AAAA"], _one.Book.Find("hk")!.Records.Select(r => r.RecordType));
    }

    [Fact]
    public async Task What_was_written_for_an_older_state_is_planned_anew_and_takes_nothing_away()
    {
        await _one.Records.SaveAsync(Hk(), Create(A("a")));
        var behind = new BehindStore(_one.Store);
        var store = new SharedRecordStore(behind, _one.Advance, _time);
        await _other.Records.SaveAsync(Hk(), Create(A("a") with { RecordType = "TXT" })); // not seen by the first yet

        var saving = store.SaveAsync(Hk(), Create(A("a") with { RecordType = "AAAA" }));
        Assert.False(saving.IsCompleted);
        behind.CatchUp();
        _one.Advance.Wake();

        Assert.Null((await saving).Fault);
        Assert.Equal(["A", "AAAA", "TXT"], _other.Book.Find("hk")!.Records.Select(r => r.RecordType));
    }

    [Fact]
    public async Task A_node_that_hears_nothing_of_the_change_of_another_gives_up_and_says_why()
    {
        await _one.Records.SaveAsync(Hk(), Create(A("a")));
        var store = new SharedRecordStore(new BehindStore(_one.Store), _one.Advance, _time);
        await _other.Records.SaveAsync(Hk(), Create(A("a") with { RecordTtl = 9 }));

        var saving = store.SaveAsync(Hk(), Create(A("a") with { RecordTtl = 8 }));
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("the shared store did not take it: another node changes the same; try again",
            (await saving).Fault);
        Assert.Equal(9, _other.Book.Find("hk")!.Records[0].RecordTtl);
    }

    [Fact]
    public async Task The_same_change_again_writes_no_record_again()
    {
        await _one.Records.SaveAsync(Hk(), Create(A("a")));
        var before = _cluster.Current.Entries[FleetKeys.Record("hk", "a.example.org")];
        await _other.Records.SaveAsync(Hk(), Create(A("a")));

        Assert.Same(before, _cluster.Current.Entries[FleetKeys.Record("hk", "a.example.org")]);
    }

    [Fact]
    public async Task With_the_store_away_a_change_is_refused()
    {
        await _one.Records.SaveAsync(Hk(), Create(A("a")));
        _one.Store.Cut();

        Assert.Equal("the shared store did not take it: it is cut off",
            (await _one.Records.SaveAsync(Hk(), Create(A("b")))).Fault);
        Assert.Single(_other.Book.Find("hk")!.Records);
    }

    [Fact]
    public async Task A_change_whose_answer_is_lost_is_not_acknowledged_and_can_be_made_again()
    {
        _one.Store.LosesAnswers = true;
        Assert.NotNull((await _one.Records.SaveAsync(Hk(), Create(A("a")))).Fault);
        _one.Store.LosesAnswers = false;

        Assert.Null((await _one.Records.SaveAsync(Hk(), Create(A("a")))).Fault);
        Assert.Equal([A("a")], _other.Book.Find("hk")!.Records);
    }

    [Fact]
    public async Task Nothing_is_written_into_a_store_that_nobody_has_prepared_or_that_was_not_read()
    {
        var node = new TestNode(new MemoryCluster(), _time);
        Assert.Equal("the shared store is empty: `meridian store init` prepares it",
            (await node.Records.SaveAsync(Hk(), Create(A("a")))).Fault);

        var away = new SharedRecordStore(_cluster.Connect(), node.Advance, _time);
        Assert.Equal("the shared store did not take it: it was not started",
            (await away.SaveAsync(Hk(), Create(A("a")))).Fault);
    }

    [Fact]
    public async Task Many_names_take_several_transactions_and_a_new_client_is_known_with_the_last()
    {
        var seen = new List<int>();
        _other.Updated = () => seen.Add(_other.Book.Find("hk")?.Records.Length ?? -1);

        ClientRecord[] all = [.. Enumerable.Range(0, 150).Select(i => A($"n{i:000}"))];
        var saved = await _one.Records.SaveAsync(Hk(), Create(all));

        Assert.Null(saved.Fault);
        Assert.Equal(_cluster.Current.Revision, saved.Revision);
        Assert.Equal([-1, -1, 150], seen);
    }

    [Fact]
    public async Task What_broke_off_is_completed_by_the_same_change()
    {
        var changes = Create([.. Enumerable.Range(0, 100).Select(i => A($"n{i:000}"))]);
        _other.Updated = () => _one.Store.Cut(); // after the first transaction
        Assert.NotNull((await _one.Records.SaveAsync(Hk(), changes)).Fault);
        Assert.Null(_other.Book.Find("hk"));
        _other.Updated = () => { };
        _one.Store.Heal();

        Assert.Null((await _one.Records.SaveAsync(Hk(), changes)).Fault);
        Assert.Equal(100, _other.Book.Find("hk")!.Records.Length);
    }

    [Fact]
    public async Task A_name_whose_records_no_store_takes_is_refused_with_its_size()
    {
        var record = A("a") with { RecordType = "TXT", Targets = [.. Enumerable.Repeat(new string('x', 60_000), 20)] };

        Assert.Contains("octets; 1032192 are the most",
            (await _one.Records.SaveAsync(Hk(), Create(record))).Fault, StringComparison.Ordinal);
        Assert.Null(_other.Book.Find("hk"));
    }

    [Fact]
    public async Task What_a_node_alone_has_is_taken_in_where_the_store_does_not_know_the_client()
    {
        var alone = Hk() with { Records = [A("a"), A("b")] };

        Assert.Null((await _one.Records.OfferAsync(alone)).Fault);
        Assert.Equal([A("a"), A("b")], _other.Book.Find("hk")!.Records);

        var saved = await _other.Records.OfferAsync(Hk() with { Records = [A("c")] });
        Assert.True(saved.IsStale);
        Assert.Equal([A("a"), A("b")], _other.Book.Find("hk")!.Records);
    }

    [Fact]
    public async Task A_sign_of_life_at_one_node_is_one_at_all_by_their_own_clocks()
    {
        await _one.Records.SaveAsync(Hk(), Create(A("a")));
        _time.Advance(TimeSpan.FromMinutes(3));

        // The clock of the node that hears the client is an hour wrong.
        _one.Records.SaveContact(Hk() with { HeardAt = Start.AddHours(1) });

        Assert.Equal(Start.AddMinutes(3), _other.Book.HeardAt("hk"));
        Assert.Equal([A("a")], _other.Book.Find("hk")!.Records);
    }

    [Fact]
    public void A_sign_of_life_of_a_client_that_the_store_does_not_know_makes_it_not_known()
    {
        _one.Records.SaveContact(Hk());

        Assert.False(_other.Book.Knows("hk"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("""[{"dnsName":null,"recordType":"A","targets":["10.0.0.1"]}]""")]
    [InlineData("""[{"dnsName":"b.example.org","recordType":"A","targets":[null]}]""")]
    [InlineData("""[{"dnsName":"b.example.org","recordType":"A","targets":null}]""")]
    public async Task What_cannot_be_read_is_left_out(string value)
    {
        await _one.Records.SaveAsync(Hk(), Create(A("a")));
        await _one.Store.CommitAsync(new SharedTransaction([
            new SharedWrite(FleetKeys.Record("hk", "b.example.org"), value),
            new SharedWrite("owners/x", value)]), default);

        Assert.Equal([A("a")], Assert.Single(_other.Book.Owners).Records);
    }

    [Fact]
    public async Task A_client_whose_key_somebody_deletes_is_not_known_any_more_and_comes_back_with_all_it_had()
    {
        await _one.Records.SaveAsync(Hk(), Create(A("a")));
        await _one.Store.CommitAsync(new SharedTransaction([new SharedWrite(FleetKeys.Owner("hk"), null)]), default);
        Assert.False(_other.Book.Knows("hk"));

        await _other.Records.OfferAsync(Hk() with { Records = [A("a")] });
        Assert.Equal([A("a")], _one.Book.Find("hk")!.Records);
    }

    private static RecordOwner Hk() => new("hk", "hanoi", TimeSpan.FromMinutes(10), Start, []);

    private static ClientRecord A(string name) =>
        new() { DnsName = $"{name}.example.org", RecordType = "A", Targets = ["10.0.0.1"] };

    private static RecordChanges Create(params ClientRecord[] records) => new() { Create = records };

    private sealed class TestNode
    {
        public TestNode(MemoryCluster cluster, TimeProvider time)
        {
            Store = cluster.Connect();
            Advance = new StoreAdvance(time);
            Records = new SharedRecordStore(Store, Advance, time);
            Store.Start(update =>
            {
                Book = Book.After(update.Now, update.Keys, time.GetUtcNow());
                Advance.Wake();
                Updated();
            }, () => { });
        }

        public MemoryStore Store { get; }

        public StoreAdvance Advance { get; }

        public SharedRecordStore Records { get; }

        public SharedRecordBook Book { get; private set; } = SharedRecordBook.Empty;

        public Action Updated { get; set; } = () => { };
    }

    /// <summary>Knows of a store what was known when it was made.</summary>
    private sealed class BehindStore(MemoryStore store) : ISharedStore
    {
        private SharedSnapshot? _known = store.Current;

        public SharedSnapshot Current => _known ?? store.Current;

        public bool IsAttached => store.IsAttached;

        public long Session => store.Session;

        public string? Fault => store.Fault;

        public string? Trouble => store.Trouble;

        public void CatchUp() => _known = null;

        public void Start(Action<SharedUpdate> updated, Action changed) => throw new NotSupportedException();

        public Task<SharedOutcome> CommitAsync(SharedTransaction transaction, TimeSpan limit) =>
            store.CommitAsync(transaction, limit);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
