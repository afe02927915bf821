using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Fleet.Tests;

/// <summary>A node's own keys reach the store, the newest of each, and again in a new session.</summary>
public sealed class LeasedKeysTests : IAsyncDisposable
{
    private readonly MemoryCluster _cluster = new();
    private readonly MemoryStore _store;
    private readonly LeasedKeys _keys;

    public LeasedKeysTests()
    {
        _store = _cluster.Connect();
        _keys = new LeasedKeys(_store, TimeProvider.System);
    }

    [Fact]
    public async Task What_was_set_before_there_was_a_session_is_written_in_the_first()
    {
        _keys.Start();
        _keys.Set([Put("claims/n/1", "a")]);
        _store.Start(_ => { }, _keys.Wake);

        await Holds("claims/n/1", "a");
        Assert.Equal((1, 0), (_keys.Written, _keys.Waiting));
    }

    [Fact]
    public async Task The_newest_of_each_key_is_written_alone()
    {
        _keys.Set([Put("a", "1"), Put("b", "1")]);
        _keys.Set([Put("a", "2"), Put("b", null), Put("c", null)]);
        Begin();

        await Holds("a", "2");
        Assert.Equal(2, _keys.Written); // `c` was never there
        Assert.Equal(["a"], _cluster.Current.Entries.Keys);
    }

    [Fact]
    public async Task What_is_taken_back_goes()
    {
        Begin();
        _keys.Set([Put("a", "1")]);
        await Holds("a", "1");
        _keys.Set([Put("a", null)]);
        await Holds("a", null);
    }

    [Fact]
    public async Task A_new_session_gets_everything_again()
    {
        Begin();
        _keys.Set(Enumerable.Range(0, 200).Select(i => Put($"k{i}", "v")));
        await Wait.UntilAsync(() => _cluster.Current.Entries.Count == 200, () => "not all is written");
        _store.LoseSession();
        await Wait.UntilAsync(() => _cluster.Current.Entries.Count == 200, () => "not all is written again");
    }

    [Fact]
    public async Task What_the_store_did_not_take_is_written_when_it_is_back()
    {
        Begin();
        _store.LosesAnswers = true;
        _keys.Set([Put("a", "1")]);
        await Holds("a", "1");
        _store.Cut();
        _keys.Set([Put("a", "2"), Put("b", "1")]);
        _store.LosesAnswers = false;
        _store.Heal();

        await Holds("a", "2");
        await Holds("b", "1");
    }

    [Fact]
    public async Task Keys_are_written_in_the_order_in_which_they_changed()
    {
        var seen = new List<string>();
        _keys.Set(Enumerable.Range(0, 300).Select(i => Put($"k{300 - i:d3}", "v")));
        _store.Start(update => seen.AddRange(update.Keys.Take(1)), _keys.Wake);
        _keys.Start();
        await Wait.UntilAsync(() => _cluster.Current.Entries.Count == 300, () => "not all is written");

        Assert.Equal(5, seen.Count);
        Assert.Equal("k300", seen[0]);
    }

    public async ValueTask DisposeAsync()
    {
        await _keys.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static SharedWrite Put(string key, string? value) => new(key, value, Leased: true);

    private void Begin()
    {
        _store.Start(_ => { }, _keys.Wake);
        _keys.Start();
        _keys.Wake();
    }

    private Task Holds(string key, string? value) => Wait.UntilAsync(
        () => _cluster.Current.Entries.GetValueOrDefault(key)?.Value == value, () => $"{key} is not {value}");
}
