using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Meridian.Running;

/// <summary>One line an event for people: time, level, message.</summary>
internal sealed class PlainFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "plain";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider,
        TextWriter textWriter)
    {
        var level = logEntry.LogLevel switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            _ => "error",
        };
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.WriteLine($"{time.GetLocalNow():HH:mm:ss.fff} {level} {text}");
        if (logEntry.Exception is { } e)
            textWriter.WriteLine(e);
    }
}
