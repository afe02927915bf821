using Meridian.Model.Records;

namespace Meridian.ExternalDns.Tests;

public sealed class DomainFilterTests
{
    [Theory]
    [InlineData("", "ai.example.org web.example.org", "ai.example.org web.example.org")] // no filter
    [InlineData("AI.example.org.", "ai.example.org web.example.org", "ai.example.org")]
    [InlineData("example.org", "ai.example.org web.example.org", "ai.example.org web.example.org")] // never wider
    [InlineData("a.ai.example.org", "ai.example.org", "a.ai.example.org")]
    [InlineData("example.com ai.example.org", "ai.example.org", "ai.example.org")]
    [InlineData("example.com", "ai.example.org", "")]
    [InlineData("i.example.org", "ai.example.org", "")]
    public void A_filter_narrows_what_the_nodes_allow(string filter, string allowed, string left) =>
        Assert.Equal(Listed(left),
            DomainFilter.Of([.. Listed(filter)]).Limit(new RecordScope([.. Listed(allowed)], null)).Zones);

    private static string[] Listed(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
