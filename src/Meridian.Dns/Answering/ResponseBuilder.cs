using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Answering;

/// <summary>Writes the sections of a response and counts their records.</summary>
internal ref struct ResponseBuilder
{
    private const ushort ClassIn = 1;
    private const ushort ClassChaos = 3;

    private DnsWriter _writer;
    private ushort _answers;
    private ushort _authorities;
    private ushort _additionals;
    private int _bodyStart;

    public ResponseBuilder(Span<byte> response)
    {
        _writer = new DnsWriter(response);
        Error = ExtendedError.None;
    }

    public ResponseCode Code { get; set; }

    public bool Authoritative { get; set; }

    public bool Truncated { get; private set; }

    /// <summary>Scope of the Client Subnet option in the response.</summary>
    public byte ScopeBits { get; set; }

    public ExtendedError Error { get; set; }

    public readonly int AnswerCount => _answers;

    public void Begin(in Query query, int limit, int reserved)
    {
        _writer.TryWriteUInt16(query.Id);
        _writer.TryWriteUInt16(0);
        _writer.TryWriteUInt16(query.HasQuestion ? (ushort)1 : (ushort)0);
        _writer.TryWriteUInt16(0);
        _writer.TryWriteUInt32(0);
        if (query.HasQuestion)
        {
            _writer.TryWriteUncompressed(query.Name[..query.NameLength]);
            _writer.TryWriteUInt16((ushort)query.Type);
            _writer.TryWriteUInt16(query.Class);
        }

        _bodyStart = _writer.Position;
        _writer.Limit = limit - reserved;
    }

    /// <summary>Writes a whole record set into the answer; when it does not fit, the response becomes a truncated one.</summary>
    public bool TryAnswer(scoped ReadOnlySpan<byte> owner, RecordSet set) => Require(TryWriteSet(owner, set, set.Ttl, ref _answers));

    public bool TryAnswer(scoped ReadOnlySpan<byte> owner, RecordType type, uint ttl, scoped ReadOnlySpan<byte> data) =>
        Require(TryWriteRecord(owner, type, ttl, data, ref _answers));

    /// <summary>A TXT record of class CHAOS, which no cache keeps (TTL 0).</summary>
    public bool TryChaosText(scoped ReadOnlySpan<byte> owner, scoped ReadOnlySpan<byte> text)
    {
        var written = _writer.TryWriteName(owner) && _writer.TryWriteUInt16((ushort)RecordType.TXT)
            && _writer.TryWriteUInt16(ClassChaos) && _writer.TryWriteUInt32(0)
            && RDataWriter.TryWrite(ref _writer, RecordType.TXT, text);
        _answers++;
        return Require(written);
    }

    public bool TryAuthority(RecordSet set, uint ttl) => Require(TryWriteSet(set.Owner.Wire, set, ttl, ref _authorities));

    /// <summary>Glue, without which a referral is of no use (RFC 9471).</summary>
    public bool TryGlue(RecordSet set) => Require(TryWriteSet(set.Owner.Wire, set, set.Ttl, ref _additionals));

    /// <summary>Adds what is helpful if there is room.</summary>
    public void Offer(RecordSet set) => TryWriteSet(set.Owner.Wire, set, set.Ttl, ref _additionals);

    /// <summary>Writes the OPT record and the header, and gives the length of the response.</summary>
    public int Finish(in Query query, int limit, in OptRecord opt)
    {
        _writer.Limit = limit;
        if (query.HasEdns)
        {
            opt.Write(ref _writer, Code, query, ScopeBits, Error);
            _additionals++;
        }

        // QR, the opcode and RD as asked; this server offers no recursion.
        var flags = 0x8000 | (query.Flags & 0x7900) | ((int)Code & 0xF);
        if (Authoritative)
            flags |= 0x0400;
        if (Truncated)
            flags |= 0x0200;
        _writer.Patch(2, (ushort)flags);
        _writer.Patch(6, _answers);
        _writer.Patch(8, _authorities);
        _writer.Patch(10, _additionals);
        return _writer.Position;
    }

    private bool Require(bool written)
    {
        if (written)
            return true;
        _writer.RewindTo(_bodyStart);
        _answers = _authorities = _additionals = 0;
        Truncated = true;
        return false;
    }

    private bool TryWriteSet(scoped ReadOnlySpan<byte> owner, RecordSet set, uint ttl, ref ushort count)
    {
        var start = _writer.Position;
        var before = count;
        foreach (var data in set.Data)
        {
            if (TryWriteRecord(owner, set.Type, ttl, data, ref count))
                continue;
            _writer.RewindTo(start);
            count = before;
            return false;
        }

        return true;
    }

    private bool TryWriteRecord(
        scoped ReadOnlySpan<byte> owner, RecordType type, uint ttl, scoped ReadOnlySpan<byte> data, ref ushort count)
    {
        if (!_writer.TryWriteName(owner) || !_writer.TryWriteUInt16((ushort)type) || !_writer.TryWriteUInt16(ClassIn)
            || !_writer.TryWriteUInt32(ttl) || !RDataWriter.TryWrite(ref _writer, type, data))
            return false;
        count++;
        return true;
    }
}
