using System.Collections.Immutable;
using Meridian.Fleet.Zones;
using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Fleet.Tests.Zones;

/// <summary>One node publishes a zone, and one that has lost that writes nothing any more.</summary>
public sealed class VersionStepsTests
{
    private const string Zone = "example.org.";

    private readonly MemoryCluster _cluster = new();
    private readonly MemoryStore _one;
    private readonly MemoryStore _other;

    public VersionStepsTests()
    {
        (_one, _other) = (_cluster.Connect(), _cluster.Connect());
        _one.Start(_ => { }, () => { });
        _other.Start(_ => { }, () => { });
    }

    [Fact]
    public async Task The_first_node_publishes_and_the_other_waits()
    {
        await ActAsync(_one, "n1", 5);
        await ActAsync(_other, "n2", 6);
        await ActAsync(_one, "n1", 5);

        Assert.Equal(new SharedVersion(5, "d5"), VersionSteps.Read(_other.Current, Zone));
        Assert.True(VersionSteps.IsPublisher(_other.Current, Zone, "n1"));
        Assert.False(VersionSteps.IsPublisher(_other.Current, Zone, "n2"));
        Assert.Empty(VersionSteps.Of(_other.Current, "n2", [Next(6)]));
    }

    [Fact]
    public async Task What_a_node_wrote_down_before_it_lost_its_session_is_not_done_after()
    {
        await ActAsync(_one, "n1", 5);
        await ActAsync(_one, "n1", 5);
        var late = Assert.Single(VersionSteps.Of(_one.Current, "n1", [Next(7)]));
        _one.LoseSession();
        await ActAsync(_other, "n2", 6);

        Assert.IsType<SharedOutcome.Conflict>(await _one.CommitAsync(late, default));
        await ActAsync(_other, "n2", 6);
        Assert.IsType<SharedOutcome.Conflict>(await _one.CommitAsync(late, default));
        Assert.Equal(new SharedVersion(6, "d6"), VersionSteps.Read(_one.Current, Zone));
    }

    [Fact]
    public async Task A_node_that_held_the_zone_in_an_earlier_session_holds_it_by_another_revision()
    {
        await ActAsync(_one, "n1", 5);
        var late = Assert.Single(VersionSteps.Of(_one.Current, "n1", [Next(7)]));
        _one.LoseSession();
        await ActAsync(_one, "n1", 5);

        Assert.True(VersionSteps.IsPublisher(_one.Current, Zone, "n1"));
        Assert.IsType<SharedOutcome.Conflict>(await _one.CommitAsync(late, default));
    }

    [Fact]
    public async Task Any_node_may_raise_the_serial_of_what_is_published_unless_it_has_changed()
    {
        await ActAsync(_one, "n1", 5);
        await ActAsync(_one, "n1", 5);
        var raise = Next(9) with { IsRaise = true, Version = new SharedVersion(9, "d5") };
        var steps = VersionSteps.Of(_other.Current, "n2", [raise]);

        Assert.IsType<SharedOutcome.Committed>(await _other.CommitAsync(Assert.Single(steps), default));
        Assert.IsType<SharedOutcome.Conflict>(await _other.CommitAsync(Assert.Single(steps), default));
        Assert.Equal(new SharedVersion(9, "d5"), VersionSteps.Read(_one.Current, Zone));
    }

    [Fact]
    public async Task A_zone_of_which_all_is_published_has_a_publisher_too()
    {
        await CommitAsync(_one, VersionSteps.Of(_one.Current, "n1", [new NextVersion(Zone, null, false)]));

        Assert.True(VersionSteps.IsPublisher(_one.Current, Zone, "n1"));
        Assert.Empty(VersionSteps.Of(_one.Current, "n1", [new NextVersion(Zone, null, false)]));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"serial":5}""")]
    [InlineData("""{"serial":-5,"digest":"x"}""")]
    public async Task What_cannot_be_read_is_no_version(string value)
    {
        await _one.CommitAsync(new SharedTransaction([new SharedWrite(FleetKeys.Version(Zone), value)]), default);

        Assert.Null(VersionSteps.Read(_one.Current, Zone));
    }

    private static NextVersion Next(uint serial) => new(Zone, new SharedVersion(serial, $"d{serial}"), false);

    private static Task ActAsync(MemoryStore store, string node, uint serial) =>
        CommitAsync(store, VersionSteps.Of(store.Current, node, [Next(serial)]));

    private static async Task CommitAsync(MemoryStore store, ImmutableArray<SharedTransaction> steps)
    {
        foreach (var step in steps)
            Assert.IsType<SharedOutcome.Committed>(await store.CommitAsync(step, default));
    }
}
