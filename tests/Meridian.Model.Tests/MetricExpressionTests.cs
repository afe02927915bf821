using System.Collections.Immutable;
using CsCheck;
using Meridian.Model.Loads;

namespace Meridian.Model.Tests;

public sealed class MetricExpressionTests
{
    private static readonly MetricSample[] Samples =
    [
        Sample("a", 1, ("x", "1")), Sample("a", 3, ("x", "2"), ("y", "z")), Sample("b", 8),
        Sample("broken", double.NaN), Sample("nil", 0),
    ];

    [Theory]
    [InlineData("b", 8)]
    [InlineData("a", 4)]
    [InlineData("sum(a)", 4)]
    [InlineData("avg(a)", 2)]
    [InlineData("max(a)", 3)]
    [InlineData("min(a)", 1)]
    [InlineData("a{x=\"1\"}", 1)]
    [InlineData("a{x!=\"1\"}", 3)]
    [InlineData("a{x=~\"1|3\"}", 1)]
    [InlineData("a{x!~\"1\",y='z'}", 3)]
    [InlineData("a{y=\"\"}", 1)]
    [InlineData("b / (b + a * 2)", 0.5)]
    [InlineData("b - 2 - 1", 5)]
    [InlineData("b / 2 / 2", 2)]
    [InlineData("gone or also_gone or b", 8)]
    [InlineData("gone / 2 or b / 4", 2)]
    [InlineData(" sum ( a { x = \"1\" , } ) ", 1)]
    [InlineData("1.5", 1.5)]
    public void An_expression_has_a_value(string text, double value) =>
        Assert.Equal(value, MetricExpression.Parse(text).Of(Samples));

    [Theory]
    [InlineData("gone")]
    [InlineData("a{x=\"9\"}")]
    [InlineData("b + gone")]
    [InlineData("b / nil")]
    [InlineData("broken")]
    public void What_is_not_there_or_is_no_number_has_none(string text) =>
        Assert.Null(MetricExpression.Parse(text).Of(Samples));

    [Theory]
    [InlineData("", "it ends too soon (at character 1)")]
    [InlineData("a b", "`b` is not expected (at character 3)")]
    [InlineData("a +", "it ends too soon (at character 4)")]
    [InlineData("(a", "`)` is missing (at character 3)")]
    [InlineData("a{x}", "`x` wants one of =, !=, =~ and !~ behind it (at character 4)")]
    [InlineData("a{x=1}", "a label's value stands in quotes (at character 5)")]
    [InlineData("a{x=\"1}", "a quote is not closed (at character 8)")]
    [InlineData("1.2.3", "`1.2.3` is no number (at character 6)")]
    [InlineData("rate(a[5m])", "`(` is not expected (at character 5)")]
    public void A_wrong_one_is_told_where(string text, string wanted)
    {
        Assert.False(MetricExpression.TryParse(text, out _, out var error));
        Assert.Equal(wanted, error);
    }

    [Fact]
    public void A_wrong_pattern_and_endless_nesting_are_refused()
    {
        Assert.False(MetricExpression.TryParse("a{x=~\"(\"}", out _, out _));
        Assert.False(MetricExpression.TryParse(new string('(', 100_000), out _, out _));
    }

    [Fact]
    public void No_text_breaks_it() =>
        Gen.Int[0, 15].Select(i =>
            new[] { "a", "sum", "(", ")", "{", "}", "=", "~", "!", "\"", ",", "+", "/", " or ", "1", "." }[i]).Array[0,
            20].Select(string.Concat)
        .Sample(text => !MetricExpression.TryParse(text, out var expression, out _)
            || expression.Of(Samples) is null or not double.NaN);

    private static MetricSample Sample(string name, double value, params (string Name, string Value)[] labels) =>
        new(name, labels.ToImmutableDictionary(l => l.Name, l => l.Value), value);
}
