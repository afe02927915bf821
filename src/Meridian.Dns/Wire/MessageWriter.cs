using Meridian.Dns.Records;

namespace Meridian.Dns.Wire;

/// <summary>Writes messages between servers: a header, a question, and records one by one.</summary>
public ref struct MessageWriter
{
    private const ushort ClassIn = 1;
    private const int CountsAt = 6;

    private DnsWriter _writer;

    /// <param name="buffer">Room for the message.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="flags">The header's second word: QR, opcode, AA and so on.</param>
    public MessageWriter(Span<byte> buffer, ushort id, ushort flags)
    {
        _writer = new DnsWriter(buffer);
        _writer.TryWriteUInt16(id);
        _writer.TryWriteUInt16(flags);
        _writer.TryWriteUInt32(0);
        _writer.TryWriteUInt32(0);
    }

    public readonly int Length => _writer.Position;

    public int Limit
    {
        readonly get => _writer.Limit;
        set => _writer.Limit = value;
    }

    public void Question(DnsName name, RecordType type)
    {
        _writer.TryWriteUncompressed(name.Wire);
        _writer.TryWriteUInt16((ushort)type);
        _writer.TryWriteUInt16(ClassIn);
        _writer.Patch(CountsAt - 2, 1);
    }

    public bool TryAnswer(DnsName owner, RecordType type, uint ttl, ReadOnlySpan<byte> data) =>
        TryRecord(0, owner, type, ttl, data);

    public bool TryAuthority(DnsName owner, RecordType type, uint ttl, ReadOnlySpan<byte> data) =>
        TryRecord(1, owner, type, ttl, data);

    private bool TryRecord(int section, DnsName owner, RecordType type, uint ttl, ReadOnlySpan<byte> data)
    {
        var start = _writer.Position;
        if (!_writer.TryWriteName(owner.Wire) || !_writer.TryWriteUInt16((ushort)type)
            || !_writer.TryWriteUInt16(ClassIn)
            || !_writer.TryWriteUInt32(ttl) || !RDataWriter.TryWrite(ref _writer, type, data))
        {
            _writer.RewindTo(start);
            return false;
        }

        var at = CountsAt + (2 * section);
        _writer.Patch(at, (ushort)(_writer.Peek(at) + 1));
        return true;
    }
}
