using Meridian.Fleet;
using Meridian.Fleet.Zones;
using Meridian.Model.Verdicts;
using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Tests.Running.Features;

/// <summary>Nodes serve one serial for one content of a zone, and one of them publishes it.</summary>
public sealed class SharedVersionFeatureTests : IAsyncDisposable
{
    private static readonly string Origin = SharedNode.Copied.ToString();

    private readonly MemoryCluster _cluster = new();
    private readonly List<SharedNode> _nodes = [];

    public SharedVersionFeatureTests()
    {
        var store = _cluster.Connect();
        store.Start(_ => { }, () => { });
        _ = store.CommitAsync(new SharedTransaction([StoreFormat.First]), default);
    }

    [Fact]
    public async Task All_nodes_come_to_one_serial_and_an_update_to_the_next()
    {
        var (one, other) = (Add(), Add());
        await AgreeAsync();
        var first = one.Serial;
        Assert.Equal(1, one.Parts.Versions.Publishes + other.Parts.Versions.Publishes);

        await other.UpdateAsync("x.copied.example.", "10.0.0.7");
        await AgreeAsync(after: first);

        Assert.Equal("10.0.0.7", one.Answer("x.copied.example."));
    }

    [Fact]
    public async Task A_verdict_that_changes_what_others_copy_is_one_version_whoever_sees_it_first()
    {
        var (one, other) = (Add(), Add());
        await AgreeAsync();
        var first = one.Serial;

        other.World.Turn("b", "10.0.0.3", VerdictState.Down);
        one.World.Turn("b", "10.0.0.3", VerdictState.Down);

        await AgreeAsync(after: first);
    }

    [Fact]
    public async Task Another_node_publishes_after_the_one_that_did_is_lost_and_no_serial_goes_back()
    {
        var (one, other) = (Add(), Add());
        await AgreeAsync();
        var publisher = one.Parts.Versions.Publishes == 1 ? one : other;
        var heir = publisher == one ? other : one;
        var first = heir.Serial;
        publisher.Store.Cut();

        await heir.UntilAsync(() => heir.Parts.Versions.Publishes == 1);
        await heir.UpdateAsync("x.copied.example.", "10.0.0.7");
        await heir.UntilAsync(() => heir.Serial > first);
        Assert.Equal(first, publisher.Serial);

        publisher.Store.Heal();
        await AgreeAsync(after: first);
        Assert.Equal(0, publisher.Parts.Versions.Publishes);
        Assert.Equal("10.0.0.7", publisher.Answer("x.copied.example."));
    }

    [Fact]
    public async Task With_the_store_away_the_serial_stays_and_the_change_is_published_when_it_is_back()
    {
        var one = Add();
        await AgreeAsync();
        var first = one.Serial;
        one.Store.Cut(endsSession: false);
        one.World.Time.Advance(TimeSpan.FromSeconds(5));
        one.World.Turn("b", "10.0.0.3", VerdictState.Down);
        await one.UntilAsync(() => one.Parts.Versions.Pending == 1);
        Assert.Equal(first, one.Serial);

        one.Store.Heal();
        await one.TickAsync();
        await AgreeAsync(after: first);
    }

    [Fact]
    public async Task A_node_that_served_a_later_serial_before_it_joined_raises_that_of_all()
    {
        var one = Add();
        await AgreeAsync();
        var first = one.Serial;
        var joining = new SharedNode(_cluster, "joining", serial: first + 5000).Follow();
        _nodes.Add(joining);

        await AgreeAsync(after: first + 5000);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private SharedNode Add()
    {
        var node = new SharedNode(_cluster, $"n{_nodes.Count}").Follow();
        _nodes.Add(node);
        return node;
    }

    // All serve what is published, which is later than a serial, with nothing left to publish.
    private async Task AgreeAsync(uint after = 0)
    {
        foreach (var node in _nodes)
        {
            await node.UntilAsync(() => node.Parts.Versions.Pending == 0 && node.Serial > after
                && VersionSteps.Read(_cluster.Current, Origin)?.Serial == node.Serial);
        }
    }
}
