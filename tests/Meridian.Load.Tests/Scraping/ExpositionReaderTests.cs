using System.Collections.Frozen;
using System.Text;
using CsCheck;
using Meridian.Load.Scraping;

namespace Meridian.Load.Tests.Scraping;

public sealed class ExpositionReaderTests
{
    [Fact]
    public void The_wanted_series_are_read_with_their_labels()
    {
        var samples = Read("""
            # HELP a A thing.
            # TYPE a gauge
            a 1
            a{x="1",y="two words"} 2.5 1700000000000
            a{ x = "quote \" comma , brace } backslash \\ line\nend", } +Inf
            ab 3
            b{} 4
            c 5
            """, "a", "b");
        Assert.Equal(["a", "a", "a", "b"], samples.Select(s => s.Name));
        Assert.Equal([1, 2.5, double.PositiveInfinity, 4], samples.Select(s => s.Value));
        Assert.Equal("two words", samples[1].Labels["y"]);
        Assert.Equal("quote \" comma , brace } backslash \\ line\nend", samples[2].Labels["x"]);
    }

    [Theory]
    [InlineData("a 7")] // without the last line feed
    [InlineData("\na 7\n")]
    [InlineData(" a 6\na 7\n")]
    [InlineData("a\t7\t1700000000000\n")]
    [InlineData("a{x=\"1\",} 7\n")]
    public void A_value_stands_alone_on_its_line(string text) => Assert.Equal(7, Assert.Single(Read(text, "a")).Value);

    [Theory]
    [InlineData("NaN", double.NaN)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("-Inf", double.NegativeInfinity)]
    [InlineData("1e3", 1000)]
    public void Numbers_are_read_as_the_format_writes_them(string text, double number) =>
        Assert.Equal(number, Assert.Single(Read($"a {text}\n", "a")).Value);

    [Theory]
    [InlineData(@"a\\b", @"a\b")]
    [InlineData(@"a\""b", "a\"b")]
    [InlineData(@"a\nb", "a\nb")]
    [InlineData(@"\\n", @"\n")]
    public void A_backslash_takes_the_next_sign_of_a_label(string written, string read) =>
        Assert.Equal(read, Assert.Single(Read($"a{{x=\"{written}\"}} 1\n", "a")).Labels["x"]);

    [Fact]
    public void No_more_than_10_000_series_are_taken()
    {
        var text = string.Concat(Enumerable.Range(0, ExpositionReader.MaxSamples + 2).Select(i => $"a {i}\n"));
        Assert.Equal(ExpositionReader.MaxSamples, Read(text, "a").Count);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a{x=\"1\\")]
    [InlineData("a{=")]
    [InlineData("a{x=\"1\"")]
    [InlineData("a{x=\"1\" ")]
    [InlineData("a{")]
    [InlineData("a{x=\"1}")]
    [InlineData("a{x} 1")]
    [InlineData("a one")]
    [InlineData("a{x=\"1\"}")]
    [InlineData("a ")]
    public void A_line_that_cannot_be_read_is_passed_over(string line) =>
        Assert.Equal([7.0], Read($"{line}\na 7\n", "a").Select(s => s.Value));

    [Fact]
    public void No_octets_break_it() =>
        Gen.OneOf(Gen.Byte.Array,
            Gen.Int[0, 10].Select(i => new[] { "a", "{", "}", "=", "\"", "\\", ",", " ", "\n", "1", "#" }[i]).Array[0,
                40].Select(p => Encoding.UTF8.GetBytes(string.Concat(p))))
        .Sample(octets => ExpositionReader.Read(octets, new[] { "a" }.ToFrozenSet()).Count <= octets.Length);

    private static IReadOnlyList<Model.Loads.MetricSample> Read(string text, params string[] names) =>
        ExpositionReader.Read(Encoding.UTF8.GetBytes(text), names.ToFrozenSet());
}
