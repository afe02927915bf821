using CsCheck;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;

namespace Meridian.Model.Tests;

public sealed class ValuesTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("15s", 15_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("0s", 0)]
    public void Durations_are_numbers_with_units(string text, int milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("s")]
    [InlineData("99999999999999999999d")]
    public void Durations_without_a_unit_or_a_number_are_refused(string text) =>
        Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void Durations_read_back_as_written() => Gen.Int[0, int.MaxValue].Sample(ms =>
        Durations.TryParse(Durations.Format(TimeSpan.FromMilliseconds(ms)), out var again)
        && again.TotalMilliseconds == ms);

    [Theory]
    [InlineData("a*", "abc", true)]
    [InlineData("*b*", "abc", true)]
    [InlineData("*", "", true)]
    [InlineData("a*c*e", "abcde", true)]
    [InlineData("a*d", "abc", false)]
    [InlineData("abc", "abcd", false)]
    public void Globs_match_runs_of_characters(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.IsMatch(pattern, text));

    [Theory]
    [InlineData("site/hanoi", "p", "v", "hanoi", true)]
    [InlineData("site/h*", "p", "v", "hanoi", true)]
    [InlineData("site/hanoi", "p", "v", null, false)]
    [InlineData("pool/p", "p", "v", null, true)]
    [InlineData("address/p/192.0.2.*", "p", "192.0.2.7", null, true)]
    [InlineData("address/q/192.0.2.*", "p", "192.0.2.7", null, false)]
    public void Override_targets_match_addresses_pools_and_sites(string target, string pool, string value, string? site,
        bool matches)
    {
        Assert.True(OverrideTarget.TryParse(target, out var parsed, out _));
        Assert.Equal(matches, parsed.Matches(pool, value, site));
    }

    [Theory]
    [InlineData("sites/hanoi", "did you mean `site`?")]
    [InlineData("address/vn", "is not address/POOL/VALUE")]
    [InlineData("", "is not address/POOL/VALUE")]
    public void Wrong_override_targets_are_refused_with_a_hint(string target, string message)
    {
        Assert.False(OverrideTarget.TryParse(target, out _, out var error));
        Assert.Contains(message, error);
    }

    [Fact]
    public void A_percentage_counts_a_fraction_of_one_as_one()
    {
        Assert.Equal(5, new CountOrPercent(50, true).Of(10));
        Assert.Equal(2, new CountOrPercent(50, true).Of(3));
        Assert.Equal(1, new CountOrPercent(50, true).AtMostOf(3));
    }
}
