using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Meridian.Tunnel.Wire;

/// <summary>Reads lines of JSON, each at most <see cref="TunnelTokens.MaxLine"/> octets.</summary>
internal sealed class LineReader(PipeReader reader)
{
    /// <summary>The next line; null at the end.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or is too long.</exception>
    public async ValueTask<T?> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Parse(buffer.Slice(0, end), type);
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }

            if (buffer.Length > TunnelTokens.MaxLine)
                throw new InvalidDataException($"a line is longer than {TunnelTokens.MaxLine} octets");
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                return null;
        }
    }

    private static T Parse<T>(ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
    {
        if (line.Length > TunnelTokens.MaxLine)
            throw new InvalidDataException($"a line is longer than {TunnelTokens.MaxLine} octets");
        try
        {
            var json = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref json, type) ?? throw new InvalidDataException("a line is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a line cannot be read: {e.Message}", e);
        }
    }
}
