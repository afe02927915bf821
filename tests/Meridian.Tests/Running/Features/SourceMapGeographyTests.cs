using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meridian.Model.History;
using Meridian.Running;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging;

namespace Meridian.Tests.Running.Features;

public sealed class SourceMapGeographyTests : IAsyncDisposable, ILogger, IEventStore
{
    private readonly ConcurrentQueue<string> _log = [];
    private World _world = null!;

    [Theory]
    [InlineData("networks: [198.51.100.0/24]", false)]
    [InlineData("countries: [VN]", true)]
    [InlineData("continents: [AS]", true)]
    [InlineData("asns: [7552]", true)]
    public async Task A_source_map_that_needs_geography_is_warned_of_where_there_is_none(string source, bool warned)
    {
        _world = new World(TestYaml.Part("AddressPool", "p", "{addresses: [{value: 10.0.0.1}]}")
            + TestYaml.Part("SourceMap", "lines", $"{{sources: [{{name: s, {source}, pools: [p]}}], default: [p]}}")
            + TestYaml.Part("GlobalEndpoint", "app",
                "{hostname: app.example.org, policy: SourceMap, sourceMap: lines, pools: [{pool: p}]}"));
        var feature = new GeographyFeature([], _world.Loop, new History(this, _world.Time, this), this);

        _world.Start(feature);
        await _world.SettleAsync();

        Assert.Equal(warned, _log.Any(l =>
            l.StartsWith("no --geo database is loaded: app.example.org", StringComparison.Ordinal)));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => _log.Enqueue(formatter(state, exception));

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }
}
