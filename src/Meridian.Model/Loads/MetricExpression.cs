using System.Collections.Immutable;

namespace Meridian.Model.Loads;

/// <summary>
/// A number made from one reading of metrics: the part of PromQL that needs neither time nor grouping. Names with label
/// conditions, <c>sum</c>, <c>avg</c>, <c>max</c>, <c>min</c> over their series (a bare name is their sum), numbers,
/// <c>+ - * /</c>, parentheses, and <c>or</c> for what counts where the left side is not there.
/// </summary>
public abstract record MetricExpression
{
    private MetricExpression()
    {
    }

    /// <summary>The value; null where a metric is not there, or the result is no number.</summary>
    public abstract double? Of(IReadOnlyList<MetricSample> samples);

    /// <summary>The names of the metrics that it uses.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The text.</param>
    /// <param name="expression">The expression.</param>
    /// <param name="error">What is wrong with it, for people.</param>
    public static bool TryParse(string text, out MetricExpression expression, out string error)
    {
        try
        {
            expression = new MetricExpressionParser(text).Read();
            error = "";
            return true;
        }
        catch (FormatException e)
        {
            (expression, error) = (null!, e.Message);
            return false;
        }
    }

    /// <summary>Reads an expression that is known to be one.</summary>
    /// <exception cref="FormatException">The text is not an expression.</exception>
    public static MetricExpression Parse(string text) => new MetricExpressionParser(text).Read();

    /// <summary>A number as it stands.</summary>
    internal sealed record Number(double Value) : MetricExpression
    {
        public override IEnumerable<string> Names => [];

        public override double? Of(IReadOnlyList<MetricSample> samples) => Value;
    }

    /// <summary>All series that a selector matches, as one number.</summary>
    internal sealed record Aggregate(MetricSelector Selector, Func<IEnumerable<double>, double> Fold) : MetricExpression
    {
        public override IEnumerable<string> Names => [Selector.Name];

        public override double? Of(IReadOnlyList<MetricSample> samples)
        {
            var values = samples.Where(Selector.Matches).Select(s => s.Value).Where(double.IsFinite).ToImmutableArray();
            return values.IsEmpty ? null : Fold(values);
        }
    }

    /// <summary>Two numbers combined into one.</summary>
    internal sealed record Pair(MetricExpression Left, MetricExpression Right, Func<double, double, double> Join)
        : MetricExpression
    {
        public override IEnumerable<string> Names => Left.Names.Concat(Right.Names);

        public override double? Of(IReadOnlyList<MetricSample> samples) =>
            Left.Of(samples) is { } left && Right.Of(samples) is { } right && Join(left, right) is var result
            && double.IsFinite(result) ? result : null;
    }

    /// <summary>The first of two that has a value.</summary>
    internal sealed record Otherwise(MetricExpression First, MetricExpression Second) : MetricExpression
    {
        public override IEnumerable<string> Names => First.Names.Concat(Second.Names);

        public override double? Of(IReadOnlyList<MetricSample> samples) => First.Of(samples) ?? Second.Of(samples);
    }
}
