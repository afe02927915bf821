using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Meridian.Running;

/// <summary>One JSON object a line with the field names of the Elastic Common Schema 8.</summary>
internal sealed class EcsFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "ecs";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider,
        TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("@timestamp", time.GetUtcNow().UtcDateTime);
            json.WriteString("log.level", logEntry.LogLevel.ToString().ToLowerInvariant());
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            json.WriteString("ecs.version", "8.11.0");
            json.WriteString("log.logger", logEntry.Category);
            json.WriteString("service.name", "meridian");
            json.WriteNumber("process.pid", Environment.ProcessId);
            if (logEntry.EventId.Name is { } name)
                json.WriteString("event.action", name);
            if (logEntry.Exception is { } e)
            {
                json.WriteString("error.type", e.GetType().FullName);
                json.WriteString("error.message", e.Message);
                json.WriteString("error.stack_trace", e.ToString());
            }

            WriteLabels(json, logEntry.State);
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    // The parameters of the message, under labels.*, where ECS keeps what it has no name for.
    private static void WriteLabels<TState>(Utf8JsonWriter json, TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            return;
        foreach (var (key, value) in values)
        {
            if (key != "{OriginalFormat}" && value is not null)
                json.WriteString($"labels.{char.ToLowerInvariant(key[0])}{key[1..]}", value.ToString());
        }
    }
}
