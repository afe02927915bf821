using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Meridian.Dns.Answering;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Logging;

/// <summary>
/// Logs a random sample of the queries and their answers as JSON lines. A slow disk costs lines, never answers: the
/// queue is bounded, and lines that do not fit are counted and dropped.
/// </summary>
public sealed class QueryLog : IAsyncDisposable
{
    private const int Capacity = 8192;
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);

    private readonly Channel<LoggedQuery> _entries =
        Channel.CreateBounded<LoggedQuery>(new BoundedChannelOptions(Capacity)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait,
        });
    private readonly Stream _stream;
    private readonly ulong _threshold;
    private readonly Action<string> _failed;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private long _lost;
    private long _since;

    /// <param name="stream">Receives the lines; closed with the log.</param>
    /// <param name="oneIn">One in this many queries is logged; 1 logs all.</param>
    /// <param name="failed">Called once when the lines cannot be written.</param>
    /// <param name="time">The clock.</param>
    public QueryLog(Stream stream, int oneIn, Action<string> failed, TimeProvider time)
    {
        _time = time;
        _stream = stream;
        _threshold = ulong.MaxValue / (ulong)Math.Max(1, oneIn);
        _failed = failed;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Lines dropped because the queue was full.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Whether the disk has not taken lines for half a minute, or nobody writes any more.</summary>
    public bool IsStalled => _writing.IsFaulted
        || (Volatile.Read(ref _since) is not 0 and var since && _time.GetElapsedTime(since) > StallLimit);

    /// <summary>Adds a query and its response to the log if the sample includes it.</summary>
    public void Offer(ReadOnlySpan<byte> query, ReadOnlySpan<byte> response, in Requester requester)
    {
        // The same draw chooses the answer, so its bits are mixed.
        if (requester.Draw * 0x9E3779B97F4A7C15UL > _threshold)
            return;
        var logged = new LoggedQuery(
            requester.Now, new IPAddress(requester.Address), requester.Transport, query.ToArray(), response.ToArray());
        if (!_entries.Writer.TryWrite(logged))
            Interlocked.Increment(ref _lost);
    }

    /// <summary>Writes what waits; a disk that does not answer holds up the end of a node for seconds only.</summary>
    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(CloseLimit, _time));
        if (!_writing.IsCompleted)
        {
            _failed("the query log cannot be written: its disk does not answer, and its last lines are lost");
            return;
        }

        await _stream.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        var failed = false;
        var buffer = new MemoryStream();
        while (await _entries.Reader.WaitToReadAsync())
        {
            buffer.SetLength(0);
            while (buffer.Length < Capacity && _entries.Reader.TryRead(out var entry))
                Write(buffer, entry);
            Volatile.Write(ref _since, _time.GetTimestamp());
            try
            {
                await _stream.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
                await _stream.FlushAsync();
            }
            catch (Exception e)
            {
                if (!failed)
                    _failed($"the query log cannot be written: {e.Message}");
                failed = true;
            }

            Volatile.Write(ref _since, 0);
        }
    }

    private static void Write(MemoryStream buffer, LoggedQuery entry)
    {
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", entry.Time);
            json.WriteString("client", entry.Client.ToString());
            json.WriteString("transport", entry.Transport.ToString().ToLowerInvariant());
            WriteQuestion(json, entry.Query);
            if (entry.Response.Length >= 12)
            {
                json.WriteString("rcode", ((ResponseCode)(entry.Response[3] & 0xF)).ToString().ToUpperInvariant());
                json.WriteNumber("answers", BinaryPrimitives.ReadUInt16BigEndian(entry.Response.AsSpan(6)));
            }

            json.WriteNumber("querySize", entry.Query.Length);
            json.WriteNumber("responseSize", entry.Response.Length);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
    }

    private static void WriteQuestion(Utf8JsonWriter json, byte[] query)
    {
        var reader = new DnsReader(query);
        if (!reader.TryReadUInt16(out var id) || !reader.TryReadBytes(10, out _))
            return;
        json.WriteNumber("id", id);
        if (!reader.TryReadWholeName(out var name) || !reader.TryReadUInt16(out var type))
            return;
        json.WriteString("name", DnsName.FromWire(name).ToString());
        json.WriteString("type", RecordTypes.Name((RecordType)type));
    }

    private sealed record LoggedQuery(
        DateTimeOffset Time, IPAddress Client, Transport Transport, byte[] Query, byte[] Response);
}
