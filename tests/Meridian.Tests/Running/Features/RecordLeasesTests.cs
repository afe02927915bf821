using System.Collections.Immutable;
using Meridian.Model.Records;
using Meridian.Running.Features;

namespace Meridian.Tests.Running.Features;

/// <summary>What becomes of a client's records when it falls silent.</summary>
public sealed class RecordLeasesTests
{
    private const string Id = "external-dns/external-dns by AccessPolicy hk";

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private RecordOwner _owner = new(Id, "hongkong", TimeSpan.FromMinutes(10), Start,
        [new ClientRecord { DnsName = "app.example.org", RecordType = "A", Targets = ["10.0.0.1"] }]);
    private ImmutableHashSet<string> _lapsed = [];
    private ImmutableHashSet<string> _warned = [];
    private bool _down;

    [Fact]
    public void Targets_of_a_silent_cluster_stay_while_they_serve_and_lapse_when_their_probes_fail_too()
    {
        Assert.Equal([], Review(5));
        Assert.Equal([
            $"{Id} has not been heard since 2026-01-01 00:00:00Z; at 2026-01-01 00:10:00Z those of its targets leave " +
                "their names whose probes fail",
        ], Review(6));
        Assert.Equal([], Review(9)); // said once
        Assert.Equal([], Review(60)); // silent for long, and serving
        Assert.Empty(_lapsed);

        _down = true;
        Assert.Equal([$"app.example.org of {Id} has lapsed: its cluster is silent and its probes fail"], Review(61));
        Assert.Equal([$"app.example.org of {Id}"], _lapsed);
        Assert.Equal([], Review(62)); // said once

        _owner = _owner with { HeardAt = Start.AddMinutes(62) };
        Assert.Equal([$"{Id} is heard again"], Review(62));
        Assert.Empty(_lapsed);
    }

    [Theory]
    [InlineData(300, false)]
    [InlineData(301, true)]
    public void A_client_is_silent_after_half_of_its_lease(int seconds, bool silent) =>
        Assert.Equal(silent, RecordLeases.IsSilent(_owner, Start.AddSeconds(seconds)));

    [Theory]
    [InlineData(600, 0)]
    [InlineData(601, 1)]
    public void Targets_lapse_after_the_whole_lease_and_not_before(int seconds, int lapsed)
    {
        _down = true;
        _lapsed = RecordLeases.Review([_owner], [], [], Start.AddSeconds(seconds), _ => true).Lapsed;
        Assert.Equal(lapsed, _lapsed.Count);
    }

    [Fact]
    public void A_client_without_records_is_not_warned_of()
    {
        _owner = _owner with { Records = [] };
        Assert.Equal([], Review(60));
    }

    private IEnumerable<string> Review(int minutes)
    {
        var review = RecordLeases.Review([_owner], _lapsed, _warned, Start.AddMinutes(minutes), _ => _down);
        (_lapsed, _warned) = (review.Lapsed, review.Warned);
        return review.Messages.Select(m => m.Message);
    }
}
