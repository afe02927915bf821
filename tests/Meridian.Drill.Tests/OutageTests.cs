namespace Meridian.Drill.Tests;

/// <summary>When outages begin and end, and what the summary makes of them.</summary>
public sealed class OutageTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("+++", "")]
    [InlineData("+-+", "1..2 1 connection refused")]
    [InlineData("+--5+", "1..4 3 2 × connection refused, status 503")]
    [InlineData("-+", "0..1 1 connection refused")]
    [InlineData("+-+55+", "1..2 1 connection refused | 3..5 2 2 × status 503")]
    [InlineData("+-", "1..2 1 connection refused, not ended")] // up to the next check that would have been
    [InlineData("---", "0..3 3 3 × connection refused, not ended")]
    public void Failed_checks_in_a_row_are_one_outage_up_to_the_next_success(string marks, string outages) =>
        Assert.Equal(outages, string.Join(" | ", Outage.Of(Checks.Of(marks), TimeSpan.FromSeconds(1)).Select(o =>
            $"{(o.From - Checks.Start).TotalSeconds}..{(o.To - Checks.Start).TotalSeconds} {o.Failed} " +
            $"{o.Seen}{(o.Ended ? "" : ", not ended")}")));

    [Theory]
    [InlineData("", 0, 0, "", null, null)]
    [InlineData("+++", 3, 3, "", null, null)]
    [InlineData("+-+", 3, 2, "1", 1.0, null)]
    [InlineData("+-+---+", 7, 3, "1 3", 2.0, null)]
    [InlineData("--+", 3, 1, "", null, null)] // nothing had worked before, so that nothing failed over
    [InlineData("--+-+", 5, 2, "1", 1.0, null)]
    [InlineData("+-+--", 5, 2, "1", 1.0, 2.0)]
    [InlineData("--", 2, 0, "", null, 2.0)]
    public void The_summary_counts_the_outages_that_began_after_a_success_and_ended_with_one(
        string marks, int checks, int successful, string downtimes, double? average, double? unrecovered)
    {
        var summary = DrillSummary.Of(Checks.Options, DrillWay.Dns, Checks.Of(marks));

        Assert.Equal((checks, successful), (summary.Checks, summary.Successful));
        Assert.Equal(downtimes, string.Join(' ', summary.Downtimes));
        Assert.Equal((average, unrecovered), (summary.AverageDowntime, summary.Unrecovered));
    }

    [Fact]
    public void Each_way_has_its_own_summary()
    {
        var options = Checks.Options with { Ways = [DrillWay.Dns, DrillWay.Gateway] };

        var summaries = DrillSummary.ByWay(options, [.. Checks.Of("+-+"), .. Checks.Of("++++", DrillWay.Gateway)]);

        Assert.Equal([(DrillWay.Dns, 2, 1), (DrillWay.Gateway, 4, 0)],
            summaries.Select(s => (s.Way, s.Successful, s.Downtimes.Length)));
        Assert.Equal(3, summaries[0].Checks);
    }

    [Fact]
    public void Successes_are_counted_by_site_or_else_by_address()
    {
        DrillCheck[] checks = Checks.Of("+++-");
        checks[1] = checks[1] with { Site = null };
        checks[2] = checks[2] with { Site = null, Address = null };

        var summary = DrillSummary.Of(Checks.Options, DrillWay.Dns, checks);

        Assert.Equal([("192.0.2.1", 1), ("?", 1), ("hanoi", 1)], summary.Sites.Select(s => (s.Key, s.Value)));
        Assert.Equal("192.0.2.1", summary.InitialAddress);
        Assert.Equal(Checks.Start, summary.Started);
    }
}
