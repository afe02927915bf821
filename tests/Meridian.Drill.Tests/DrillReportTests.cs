namespace Meridian.Drill.Tests;

public sealed class DrillReportTests
{
    private const string Hostile = "<script>alert('x')</script>\"&";

    [Fact]
    public void What_servers_say_is_text_and_never_markup()
    {
        DrillCheck[] checks =
        [
            .. Checks.Of("++-+").Select(c => c with { Site = Hostile, Error = c.Error is null ? null : Hostile }),
        ];
        var options = Checks.Options with { Url = new Uri("http://app.example.org/?q=<script>\"&") };

        var page = DrillReport.Html(options, checks, [new DrillEvent(Checks.Start, Hostile, Hostile)]);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("'x'", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drill_without_a_check_is_a_page_too()
    {
        var page = DrillReport.Html(Checks.Options, [], [new DrillEvent(Checks.Start, "verdict", "x")]);

        Assert.EndsWith("</body></html>\n", page, StringComparison.Ordinal);
        Assert.Contains("<p>None.</p>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_every_check_outage_and_event()
    {
        var page = DrillReport.Html(Checks.Options with { Ways = [DrillWay.Dns, DrillWay.Gateway] },
            [.. Checks.Of("+--+"), .. Checks.Of("++++", DrillWay.Gateway)],
            [new DrillEvent(Checks.Start.AddSeconds(1.5), "verdict", "hanoi is down")]);

        Assert.Equal(8, page.Split("<title>").Length - 3); // the page's own, and the event's
        Assert.Contains("<tr><td>DNS</td><td>12:00:01.000</td><td>12:00:03.000</td><td class=\"n\">2.0</td><td " +
            "class=\"n\">2</td><td>2 &#215; connection refused</td></tr>",
            page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"n\">1.50</td><td>verdict</td><td>hanoi is down</td>", page,
            StringComparison.Ordinal);
    }
}
