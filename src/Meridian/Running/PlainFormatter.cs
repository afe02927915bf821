using Meridian.Addresses;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Meridian.Running;

/// <summary>
/// One line an event for people: time, level, message. What others wrote into a message begins no line of its own.
/// </summary>
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
        textWriter.WriteLine($"{time.GetLocalNow():yyyy-MM-dd HH:mm:ss.fffzzz} {level} {DisplayText.Escape(text)}");
        if (logEntry.Exception is { } e)
        {
            // Indented, so that no line of it looks like an event.
            foreach (var line in e.ToString().Split('\n'))
                textWriter.WriteLine($"    {DisplayText.Escape(line.TrimEnd('\r'))}");
        }
    }
}
