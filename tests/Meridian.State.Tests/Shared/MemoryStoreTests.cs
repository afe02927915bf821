using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.State.Tests.Shared;

/// <summary>
/// What the store in memory does beyond the contract: whatever it causes has been called when a call returns.
/// </summary>
public sealed class MemoryStoreTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly MemoryCluster _cluster = new();
    private readonly List<string> _seen = [];

    [Fact]
    public async Task Delivers_before_the_commit_returns_and_to_every_node()
    {
        var (a, b) = (Start("a"), Start("b"));
        _seen.Clear();

        Assert.IsType<SharedOutcome.Committed>(await a.CommitAsync(Put("k", "1"), Limit));

        Assert.Equal(["a: k=1", "b: k=1"], _seen);
        Assert.Equal("1", b.Current.Entries["k"].Value);
    }

    [Fact]
    public async Task A_commit_from_a_callback_is_delivered_after_the_callback()
    {
        var store = _cluster.Connect();
        store.Start(update =>
        {
            var keys = string.Join(' ', update.Keys);
            _seen.Add($"begin {keys}");
            if (update.Keys.Contains("k"))
                _ = store.CommitAsync(Put("more", "2"), Limit);
            _seen.Add($"end {keys}");
        }, () => { });
        _seen.Clear();

        await store.CommitAsync(Put("k", "1"), Limit);

        Assert.Equal(["begin k", "end k", "begin more", "end more"], _seen);
    }

    [Fact]
    public async Task A_cut_ends_the_session_and_what_was_missed_comes_as_one_update()
    {
        var (a, b) = (Start("a"), Start("b"));
        await a.CommitAsync(Put("leased", "1", leased: true), Limit);
        await b.CommitAsync(Put("gone", "1"), Limit);
        var session = a.Session;

        a.Cut();
        Assert.False(a.IsAttached);
        Assert.Equal(0, a.Session);
        Assert.IsType<SharedOutcome.Unavailable>(await a.CommitAsync(Put("k", "1"), Limit));
        Assert.False(b.Current.Entries.ContainsKey("leased"));
        Assert.True(a.Current.Entries.ContainsKey("leased"));
        await b.CommitAsync(new SharedTransaction([new SharedWrite("gone", null), new SharedWrite("new", "2")]), Limit);

        _seen.Clear();
        a.Heal();
        Assert.Equal(["a: gone leased new=2"], _seen);
        Assert.True(a.IsAttached);
        Assert.NotEqual(0, a.Session);
        Assert.NotEqual(session, a.Session);
    }

    [Fact]
    public async Task A_session_outlives_a_cut_until_it_expires()
    {
        var (a, b) = (Start("a"), Start("b"));
        await a.CommitAsync(Put("leased", "1", leased: true), Limit);

        a.Cut(endsSession: false);
        Assert.NotEqual(0, a.Session);
        Assert.True(b.Current.Entries.ContainsKey("leased"));

        _cluster.ExpireSessions();
        Assert.Equal(0, a.Session);
        Assert.NotEqual(0, b.Session);
        Assert.False(b.Current.Entries.ContainsKey("leased"));
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_write_done()
    {
        var a = Start("a");
        a.LosesAnswers = true;

        Assert.IsType<SharedOutcome.Unavailable>(await a.CommitAsync(Put("k", "1"), Limit));

        Assert.Equal("1", _cluster.Current.Entries["k"].Value);
    }

    private MemoryStore Start(string name)
    {
        var store = _cluster.Connect();
        store.Start(u => _seen.Add($"{name}: {Text(u)}"), () => { });
        return store;
    }

    private static string Text(SharedUpdate update) => string.Join(' ', update.Keys.Select(k =>
        update.Now.Entries.TryGetValue(k, out var entry) ? $"{k}={entry.Value}" : k));

    private static SharedTransaction Put(string key, string value, bool leased = false) =>
        new([new SharedWrite(key, value, leased)]);
}
