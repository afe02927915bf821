using System.Collections.Frozen;
using Meridian.Model.Loads;
using Meridian.Model.Resources;

namespace Meridian.Load.Scraping;

/// <summary>What to read from the metrics of an address, compiled from its LoadSignal.</summary>
public sealed class LoadReading
{
    private readonly MetricExpression? _running;
    private readonly MetricExpression? _waiting;
    private readonly MetricExpression? _memory;
    private readonly MetricExpression? _utilisation;

    /// <param name="scrape">A sound section of a LoadSignal.</param>
    public LoadReading(LoadScrape scrape)
    {
        var known = scrape.Engine is { } engine ? EngineMetrics.Of(engine) : new LoadMetrics();
        _running = Compile(scrape.Metrics.Running ?? known.Running);
        _waiting = Compile(scrape.Metrics.Waiting ?? known.Waiting);
        _memory = Compile(scrape.Metrics.Memory ?? known.Memory);
        _utilisation = Compile(scrape.Metrics.Utilisation ?? known.Utilisation);
        Names = new[] { _running, _waiting, _memory, _utilisation }.OfType<MetricExpression>().SelectMany(e => e.Names)
            .ToFrozenSet();
    }

    /// <summary>Names of the metrics that are read.</summary>
    public FrozenSet<string> Names { get; }

    /// <summary>What the metrics say; null where they say nothing of load.</summary>
    public LoadFigure? Of(IReadOnlyList<MetricSample> samples, DateTimeOffset at)
    {
        var figure = new LoadFigure(at, LoadSource.Scrape)
        {
            Running = Sound(_running),
            Waiting = Sound(_waiting),
            Memory = Sound(_memory),
            Given = Sound(_utilisation),
        };
        return figure.SaysSomething ? figure : null;

        double? Sound(MetricExpression? expression) => expression?.Of(samples) is >= 0 and var value ? value : null;
    }

    private static MetricExpression? Compile(string? text) => text is null ? null : MetricExpression.Parse(text);
}
