using System.Buffers.Binary;
using System.Security.Cryptography;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tsig;

/// <summary>
/// Signs and verifies one request and its answer, which may be many messages (RFC 8945 sections 5.3 and 5.4). Each MAC
/// covers the one before, so one caller uses a session, in order.
/// </summary>
public sealed class TsigSession
{
    /// <summary>Seconds that clocks may differ (RFC 8945 section 10).</summary>
    public const ushort Fudge = 300;

    /// <summary>
    /// Octets that a signature adds at most: two names, fixed fields, a MAC, and the time in an error.
    /// </summary>
    public const int MaxLength = (2 * DnsName.MaxLength) + 10 + 16 + 64 + 6;

    /// <summary>Most messages of an answer between two that are signed.</summary>
    private const int MaxUnsigned = 99;

    private const ushort ClassAny = 255;
    private const int AdditionalCountAt = 10;

    private readonly SharedKey _key;
    private readonly List<byte[]> _unsigned = [];
    private byte[] _mac = [];
    private bool _first = true;

    // When the other side says that it signed its last message, by its own clock.
    private long _signedAt;

    public TsigSession(SharedKey key) => _key = key;

    public SharedKey Key => _key;

    /// <summary>Verifies a request and begins the session of its answer; null where there is an error.</summary>
    /// <param name="record">The request's record.</param>
    /// <param name="key">The key of that name.</param>
    /// <param name="now">The time.</param>
    /// <param name="error">Why the request is not accepted.</param>
    public static TsigSession? Accept(in TsigRecord record, SharedKey key, DateTimeOffset now, out TsigError error)
    {
        var session = new TsigSession(key);
        if (!record.Algorithm.SequenceEqual(key.Algorithm.Name.Canonical))
        {
            error = TsigError.BadKey;
            return null;
        }

        error = session.Verify(record, now);
        session._first = true;
        return error is TsigError.None or TsigError.BadTime ? session : null;
    }

    /// <summary>Verifies the next message of the other side.</summary>
    public TsigError Verify(in TsigRecord record, DateTimeOffset now)
    {
        // RFC 8945 section 5.2.2.1: what is shorter than half a MAC, or longer than one, is no MAC. A truncated one is
        // weaker, and no server in common use sends it.
        if (record.Mac.Length != _key.Algorithm.Length)
            return record.Mac.Length < _key.Algorithm.Length / 2 || record.Mac.Length > _key.Algorithm.Length
                ? TsigError.Malformed : TsigError.BadTruncation;
        var message = record.Signed.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(message, record.OriginalId);
        AddToCount(message, -1);
        var mac = Digest(message, record.Time, record.Fudge, record.Error, record.Other);
        if (!CryptographicOperations.FixedTimeEquals(mac, record.Mac))
            return TsigError.BadSignature;
        Advance(mac);
        _signedAt = record.Time;
        return Math.Abs(now.ToUnixTimeSeconds() - record.Time) > record.Fudge ? TsigError.BadTime : TsigError.None;
    }

    /// <summary>
    /// Accepts an unsigned message in the middle of an answer; false when there are too many.
    /// </summary>
    public bool AcceptUnsigned(ReadOnlySpan<byte> message)
    {
        _unsigned.Add(message.ToArray());
        return !_first && _unsigned.Count <= MaxUnsigned;
    }

    /// <summary>Signs a message in place.</summary>
    /// <param name="buffer">The message, with room for <see cref="MaxLength"/> octets behind it.</param>
    /// <param name="length">Octets of the message.</param>
    /// <param name="now">The time.</param>
    /// <param name="error">The error that is sent with the signature, if any.</param>
    /// <returns>Octets of the signed message.</returns>
    public int Sign(Span<byte> buffer, int length, DateTimeOffset now, TsigError error = TsigError.None)
    {
        Span<byte> other = stackalloc byte[6];
        if (error == TsigError.BadTime)
            WriteTime(other, now.ToUnixTimeSeconds());
        else
            other = [];

        // RFC 8945 section 5.2.3: a client whose clock is wrong gets its own time back, which its check accepts, and
        // beside it the time of the server.
        var time = error == TsigError.BadTime ? _signedAt : now.ToUnixTimeSeconds();
        var mac = Digest(buffer[..length], time, Fudge, (ushort)error, other);
        Advance(mac);
        return Append(buffer, length, _key.Name, _key.Algorithm.Name, time, mac, (ushort)error, other);
    }

    /// <summary>Signs a request in place; the answer is verified with <see cref="Verify"/>.</summary>
    public int SignRequest(Span<byte> buffer, int length, DateTimeOffset now)
    {
        var signed = Sign(buffer, length, now);
        _first = true;
        return signed;
    }

    /// <summary>Refuses an unknown key or a wrong MAC with an unsigned answer (RFC 8945 section 5.2).</summary>
    public static int Refuse(Span<byte> buffer, int length, in TsigRecord request, TsigError error) =>
        Append(buffer, length, DnsName.FromWire(request.Key), DnsName.FromWire(request.Algorithm), request.Time, [],
            (ushort)error, []);

    private void Advance(byte[] mac)
    {
        _mac = mac;
        _first = false;
        _unsigned.Clear();
    }

    // RFC 8945 section 4.3: the previous MAC, the messages since, then all variables, or after the first only the
    // timers.
    private byte[] Digest(ReadOnlySpan<byte> message, long time, ushort fudge, ushort error, ReadOnlySpan<byte> other)
    {
        using var hash = IncrementalHash.CreateHMAC(_key.Algorithm.Hash, _key.Secret.Span);
        Span<byte> numbers = stackalloc byte[12];
        if (_mac.Length > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(numbers, (ushort)_mac.Length);
            hash.AppendData(numbers[..2]);
            hash.AppendData(_mac);
        }

        foreach (var earlier in _unsigned)
            hash.AppendData(earlier);
        hash.AppendData(message);
        WriteTime(numbers, time);
        BinaryPrimitives.WriteUInt16BigEndian(numbers[6..], fudge);
        if (!_first)
        {
            hash.AppendData(numbers[..8]);
            return hash.GetHashAndReset();
        }

        hash.AppendData(_key.Name.Canonical);
        hash.AppendData([0, (byte)ClassAny, 0, 0, 0, 0]);
        hash.AppendData(_key.Algorithm.Name.Canonical);
        BinaryPrimitives.WriteUInt16BigEndian(numbers[8..], error);
        BinaryPrimitives.WriteUInt16BigEndian(numbers[10..], (ushort)other.Length);
        hash.AppendData(numbers);
        hash.AppendData(other);
        return hash.GetHashAndReset();
    }

    private static int Append(
        Span<byte> buffer, int length, DnsName key, DnsName algorithm, long time, ReadOnlySpan<byte> mac, ushort error,
        scoped ReadOnlySpan<byte> other)
    {
        var writer = new DnsWriter(buffer[length..]);
        writer.TryWriteBytes(key.Canonical);
        writer.TryWriteUInt16((ushort)RecordType.TSIG);
        writer.TryWriteUInt16(ClassAny);
        writer.TryWriteUInt32(0);
        writer.TryWriteUInt16((ushort)(algorithm.Canonical.Length + 16 + mac.Length + other.Length));
        writer.TryWriteBytes(algorithm.Canonical);
        writer.TryWriteUInt16((ushort)(time >> 32));
        writer.TryWriteUInt32((uint)time);
        writer.TryWriteUInt16(Fudge);
        writer.TryWriteUInt16((ushort)mac.Length);
        writer.TryWriteBytes(mac);
        writer.TryWriteUInt16(BinaryPrimitives.ReadUInt16BigEndian(buffer));
        writer.TryWriteUInt16(error);
        writer.TryWriteUInt16((ushort)other.Length);
        writer.TryWriteBytes(other);
        AddToCount(buffer, 1);
        return length + writer.Position;
    }

    private static void WriteTime(Span<byte> destination, long time)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(time >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)time);
    }

    private static void AddToCount(Span<byte> message, int count) =>
        BinaryPrimitives.WriteUInt16BigEndian(message[AdditionalCountAt..],
            (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message[AdditionalCountAt..]) + count));
}
