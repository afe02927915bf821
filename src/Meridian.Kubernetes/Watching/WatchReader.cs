using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Meridian.Kubernetes.Watching;

/// <summary>
/// Reads the lines of a watch. A line longer than <see cref="MaxLine"/> ends it: etcd holds no object that large.
/// </summary>
internal sealed class WatchReader(Stream stream)
{
    public const int MaxLine = 16 * 1024 * 1024;

    private readonly PipeReader _reader = PipeReader.Create(stream,
        new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));

    /// <summary>The next event; null at the end.</summary>
    /// <exception cref="InvalidDataException">The server sent something other than the events of a watch.</exception>
    public async Task<WatchEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                var watchEvent = line.IsEmpty ? null : Parse(line);
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                if (watchEvent is not null)
                    return watchEvent;
                continue;
            }

            if (buffer.Length > MaxLine)
                throw new InvalidDataException($"an event is longer than {MaxLine >> 20} MiB");
            if (read.IsCompleted)
                return null; // half a line is not an event
            _reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static WatchEvent Parse(in ReadOnlySequence<byte> line)
    {
        try
        {
            var document = JsonDocument.Parse(line.ToArray()).RootElement;
            var type = document.GetProperty("type").GetString() switch
            {
                "ADDED" => WatchEventType.Added,
                "MODIFIED" => WatchEventType.Modified,
                "DELETED" => WatchEventType.Deleted,
                "BOOKMARK" => WatchEventType.Bookmark,
                "ERROR" => WatchEventType.Error,
                var other => throw new InvalidDataException($"an event of the unknown type `{other}`"),
            };
            return new WatchEvent(type, document.GetProperty("object"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"this is not an event of a watch: {e.Message}");
        }
    }
}
