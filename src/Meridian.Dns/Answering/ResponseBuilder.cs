using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Answering;

/// <summary>Writes the sections of a response and counts their records.</summary>
internal ref struct ResponseBuilder
{
    private const ushort ClassIn = 1;
    private const ushort ClassChaos = 3;

    private const int FlagsAt = 2;
    private const int CountsAt = 6;

    // A pointer, type, class, TTL and length.
    private const int FixedRecordLength = 12;

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
        // Flags and counts are written at the end.
        _writer.TryWriteUInt32((uint)query.Id << 16);
        _writer.TryWriteUInt32(query.HasQuestion ? 1u << 16 : 0);
        _writer.TryWriteUInt32(0);
        if (query.HasQuestion)
        {
            _writer.TryWriteUncompressed(query.Name);
            _writer.TryWriteUInt32(((uint)query.Type << 16) | query.Class);
        }

        _bodyStart = _writer.Position;
        _writer.Limit = limit - reserved;
    }

    /// <summary>
    /// Writes a whole record set into the answer; when it does not fit, the response becomes a truncated one.
    /// </summary>
    public bool TryAnswer(scoped ReadOnlySpan<byte> owner, RecordSet set) =>
        Require(TryWriteSet(owner, set, set.Ttl, ref _answers));

    public bool TryAnswer(scoped ReadOnlySpan<byte> owner, RecordType type, uint ttl, scoped ReadOnlySpan<byte> data) =>
        Require(TryWriteRecord(owner, type, ttl, data, ref _answers));

    /// <summary>Writes one record for each address; <paramref name="addresses"/> holds them in a row.</summary>
    public bool TryAnswerAddresses(
        scoped ReadOnlySpan<byte> owner, RecordType type, uint ttl, scoped ReadOnlySpan<byte> addresses, int size)
    {
        while (!addresses.IsEmpty)
        {
            var start = _writer.Position;
            if (!TryWriteRecord(owner, type, ttl, addresses[..size], ref _answers))
                return Require(false);
            addresses = addresses[size..];

            // Once the owner is a pointer, the records differ only in their data.
            if (_writer.Position - start == FixedRecordLength + size)
                return Require(_writer.TryRepeatRecord(FixedRecordLength + size, addresses, size, ref _answers));
        }

        return true;
    }

    /// <summary>Writes a TXT record of class CHAOS with a TTL of 0, so that no cache keeps it.</summary>
    public bool TryChaosText(scoped ReadOnlySpan<byte> owner, scoped ReadOnlySpan<byte> text)
    {
        var written = _writer.TryWriteName(owner) && _writer.TryWriteUInt16((ushort)RecordType.TXT)
            && _writer.TryWriteUInt16(ClassChaos) && _writer.TryWriteUInt32(0)
            && RDataWriter.TryWrite(ref _writer, RecordType.TXT, text);
        _answers++;
        return Require(written);
    }

    public bool TryAuthority(
        scoped ReadOnlySpan<byte> owner, RecordType type, uint ttl, scoped ReadOnlySpan<byte> data) =>
        Require(TryWriteRecord(owner, type, ttl, data, ref _authorities));

    public bool TryAuthority(RecordSet set, uint ttl) =>
        Require(TryWriteSet(set.Owner.Wire, set, ttl, ref _authorities));

    /// <summary>Writes glue, without which a referral is useless (RFC 9471).</summary>
    public bool TryGlue(RecordSet set) => Require(TryWriteSet(set.Owner.Wire, set, set.Ttl, ref _additionals));

    /// <summary>The records written so far, to be copied behind the same question later.</summary>
    public readonly ReadyAnswer Ready(int questionLength) => new(
        _writer.Written[_bodyStart..].ToArray(), _answers, _authorities, _additionals, questionLength, []);

    /// <summary>Copies a prepared answer; false, with nothing written, when it does not fit.</summary>
    public bool TryCopy(ReadyAnswer ready, int questionLength)
    {
        var start = _writer.Position;
        if (!_writer.TryWriteBytes(ready.Records))
            return false;
        if (questionLength != ready.QuestionLength)
        {
            foreach (var pointer in ready.Pointers)
                _writer.Patch(start + pointer,
                    (ushort)(_writer.Peek(start + pointer) + questionLength - ready.QuestionLength));
        }

        _answers = ready.Answers;
        _authorities = ready.Authorities;
        _additionals = ready.Additionals;
        return true;
    }

    /// <summary>Adds optional records to the additional section if there is room.</summary>
    public void Offer(RecordSet set) => TryWriteSet(set.Owner.Wire, set, set.Ttl, ref _additionals);

    /// <summary>Writes the OPT record and the header, and returns the length of the response.</summary>
    public int Finish(in Query query, int limit, in OptRecord opt)
    {
        _writer.Limit = limit;
        if (query.HasEdns)
        {
            opt.Write(ref _writer, Code, query, ScopeBits, Error);
            _additionals++;
        }

        // QR is set; the opcode and RD are copied from the query; RA stays clear, as this server does not recurse.
        var flags = 0x8000 | (query.Flags & 0x7900) | ((int)Code & 0xF);
        if (Authoritative)
            flags |= 0x0400;
        if (Truncated)
            flags |= 0x0200;
        _writer.Patch(FlagsAt, (ushort)flags);
        _writer.Patch(CountsAt, _answers);
        _writer.Patch(CountsAt + 2, _authorities);
        _writer.Patch(CountsAt + 4, _additionals);
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
