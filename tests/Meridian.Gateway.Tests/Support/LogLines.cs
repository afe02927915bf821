using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Meridian.Gateway.Tests.Support;

/// <summary>Keeps what is logged, to be told when a test fails.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    /// <summary>Called with each line before it is kept.</summary>
    public Action<string> Writing { get; set; } = _ => { };

    public override string ToString() => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel}: {formatter(state, exception)} {exception}";
        Writing(line);
        _lines.Enqueue(line);
    }

    public void Dispose()
    {
    }
}
