using System.Collections.Immutable;
using Google.Protobuf;
using Meridian.State.Etcd;
using Meridian.State.Shared;
using Mvccpb;

namespace Meridian.State.Tests.Etcd;

public sealed class EtcdViewTests
{
    private readonly EtcdFaults _faults = new();
    private readonly EtcdView _view;

    public EtcdViewTests() => _view = new EtcdView(new EtcdKeys("/p/"), _faults);

    [Fact]
    public void Events_of_known_revisions_are_passed_over()
    {
        Replace(5, ("k", "1", 5));

        Assert.Null(_view.Apply([Put("k", "0", 4), Put("k", "1", 5)], 5));

        var update = _view.Apply([Put("k", "1", 5), Put("k", "2", 6)], 6)!;
        Assert.Equal((5, 6), (update.Before.Revision, update.Now.Revision));
        Assert.Equal("2", update.Now.Entries["k"].Value);
    }

    [Fact]
    public void Only_what_is_whole_is_taken_from_a_fragment()
    {
        Replace(5);

        var update = _view.Apply([Put("a", "1", 6), Put("b", "1", 7)], 6)!;

        Assert.Equal(["a"], update.Keys);
        Assert.Equal(6, update.Now.Revision);
        Assert.Equal(["b"], _view.Apply([Put("b", "1", 7), Put("c", "1", 7)], 7)!.Keys.Take(1));
    }

    [Fact]
    public void A_list_deletes_what_it_does_not_hold()
    {
        Replace(5, ("gone", "1", 3), ("same", "1", 4), ("other", "1", 5));

        var update = Replace(9, ("same", "1", 4), ("other", "2", 8), ("new", "1", 9));

        Assert.Equal(["gone", "new", "other"], update.Keys.Order());
        Assert.Equal(["new", "other", "same"], update.Now.Entries.Keys);
    }

    [Fact]
    public void Keys_of_others_change_nothing()
    {
        Replace(5);

        Assert.Null(_view.Apply([Event("/pq", "1", 6), Event("/p/", "1", 7), Event("/q/k", "1", 8)], 8));
    }

    [Fact]
    public void A_value_that_is_no_text_counts_as_absent_until_it_is_put_right()
    {
        Replace(5, ("k", "1", 5));
        var bad = Put("k", "", 6);
        bad.Kv.Value = ByteString.CopyFrom(0xC3, 0x28);

        Assert.Empty(_view.Apply([bad], 6)!.Now.Entries);
        Assert.Contains("k: it is not text in UTF-8", _faults.Text, StringComparison.Ordinal);

        var deletion = Put("k", "", 7);
        deletion.Type = Mvccpb.Event.Types.EventType.Delete;
        Assert.NotNull(_view.Apply([deletion], 7));
        Assert.Null(_faults.Text);
    }

    [Fact]
    public void A_list_in_which_nothing_differs_is_no_update_but_a_place_to_go_on_from()
    {
        Replace(5, ("k", "1", 5));

        Assert.Null(List(9, ("k", "1", 5)));
        Assert.Equal((5, 9), (_view.Now.Revision, _view.Revision));
        Assert.Null(_view.Apply([Put("k", "0", 8)], 8));
        Assert.Equal((5, 10), (_view.Apply([Put("k", "2", 10)], 10)!.Before.Revision, _view.Revision));
    }

    [Fact]
    public void A_store_that_went_back_is_an_update_even_where_no_key_differs()
    {
        Replace(5, ("k", "1", 2));

        Assert.Equal(3, List(3, ("k", "1", 2))!.Now.Revision);
    }

    private SharedUpdate Replace(long revision, params (string Key, string Value, long Modified)[] entries) =>
        List(revision, entries)!;

    private SharedUpdate? List(long revision, params (string Key, string Value, long Modified)[] entries) =>
        _view.Replace(new EtcdListing(new SharedSnapshot(revision, entries.ToImmutableSortedDictionary(e => e.Key,
            e => new SharedEntry(e.Key, e.Value, 1, e.Modified), StringComparer.Ordinal)),
            ImmutableDictionary<string, string>.Empty));

    private static Event Put(string key, string value, long revision) => Event($"/p/{key}", value, revision);

    private static Event Event(string key, string value, long revision) => new()
    {
        Kv = new KeyValue
        {
            Key = ByteString.CopyFromUtf8(key),
            Value = ByteString.CopyFromUtf8(value),
            CreateRevision = 1,
            ModRevision = revision,
        },
    };
}
