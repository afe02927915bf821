using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Assembles the messages of a transfer: a whole zone (RFC 5936), or changes to the version before (RFC 1995), which
/// the second record distinguishes. Strict: anything that does not fit is an error, and the version before stays.
/// </summary>
internal sealed class TransferIn(DnsName origin, ImmutableArray<MasterRecord> before)
{
    /// <summary>Most records of a zone.</summary>
    public const int MaxRecords = 10_000_000;

    private enum Stage
    {
        First,
        Second,
        Whole,
        Removing,
        Adding,
        Done,
    }

    private readonly Dictionary<(DnsName, RecordType), Dictionary<byte[], MasterRecord>> _records = [];
    private Stage _stage = Stage.First;
    private MasterRecord? _soa;
    private int _count;

    /// <summary>Whether the primary has nothing newer.</summary>
    public bool UpToDate { get; private set; }

    /// <summary>Whether only changes were sent.</summary>
    public bool Incremental { get; private set; }

    /// <summary>The records of the new version.</summary>
    public ImmutableArray<MasterRecord> Records => [_soa!, .. _records.Values.SelectMany(s => s.Values)];

    /// <summary>Adds one message; true when the transfer is complete.</summary>
    /// <exception cref="TransferException">The message does not fit.</exception>
    public bool Receive(ReadOnlySpan<byte> message)
    {
        var code = message[3] & 0xF;
        if (code != 0)
            throw new TransferException($"the primary answers {(ResponseCode)code}");
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        var reader = new DnsReader(message);
        if (!reader.TryReadUInt32(out _) || !reader.TryReadUInt16(out var questions)
            || !reader.TryReadUInt16(out var answers) || !reader.TryReadUInt32(out _))
            throw Malformed();
        for (var i = 0; i < questions; i++)
        {
            if (!reader.TrySkipName() || !reader.TryReadUInt32(out _))
                throw Malformed();
        }

        for (var i = 0; i < answers; i++)
        {
            if (!reader.TryReadName(name, out var length) || !reader.TryReadUInt16(out var type)
                || !reader.TryReadUInt16(out _)
                || !reader.TryReadUInt32(out var ttl)
                || !RDataReader.TryRead(ref reader, (RecordType)type, out var data))
                throw Malformed();
            var owner = DnsName.FromWire(name[..length]);
            if (!RDataFormat.IsValid((RecordType)type, data))
                throw new TransferException(
                    $"the data of {owner} {RecordTypes.Name((RecordType)type)} is none of that type");
            Apply(new MasterRecord(owner, (RecordType)type, MasterTtl.Bound(ttl), data, "transfer", 0));
        }

        // A single SOA in answer to IXFR means that there is nothing newer or, over UDP only, to retry over TCP.
        if (_stage == Stage.Second && answers == 1)
        {
            UpToDate = !before.IsEmpty
                && !Soa.IsLater(Soa.SerialOf(_soa!.Data),
                    Soa.SerialOf(before.First(r => r.Type == RecordType.SOA).Data));
            return UpToDate;
        }

        return _stage == Stage.Done;
    }

    private void Apply(MasterRecord record)
    {
        if (++_count > MaxRecords)
            throw new TransferException($"the zone has more than {MaxRecords} records");
        if (!record.Owner.IsAtOrBelow(origin))
            throw new TransferException($"{record.Owner} is outside the zone {origin}");
        var soa = record.Type == RecordType.SOA;
        switch (_stage)
        {
            case Stage.First:
                _soa = soa ? record : throw new TransferException("the first record is no SOA");
                _stage = Stage.Second;
                break;
            case Stage.Second when soa && !before.IsEmpty
                && Serial(record) == Soa.SerialOf(before.First(r => r.Type == RecordType.SOA).Data):
                Incremental = true;
                foreach (var old in before.Where(r => r.Type != RecordType.SOA))
                    Add(old);
                _stage = Stage.Removing;
                break;
            case Stage.Second or Stage.Whole when soa:
                Finish(record);
                break;
            case Stage.Second or Stage.Whole:
                Add(record);
                _stage = Stage.Whole;
                break;
            case Stage.Removing when soa:
                _stage = Stage.Adding;
                break;
            case Stage.Removing:
                Remove(record);
                break;
            case Stage.Adding when soa && Serial(record) == Serial(_soa!):
                Finish(record);
                break;
            case Stage.Adding when soa:
                _stage = Stage.Removing;
                break;
            case Stage.Adding:
                Add(record);
                break;
            default:
                throw new TransferException("records follow the last SOA");
        }
    }

    private void Finish(MasterRecord record)
    {
        if (Serial(record) != Serial(_soa!))
            throw new TransferException("the last SOA is not the first: the zone changed on the way");
        _stage = Stage.Done;
    }

    private void Add(MasterRecord record)
    {
        if (!_records.TryGetValue((record.Owner, record.Type), out var set))
            _records[(record.Owner, record.Type)] = set = new(CanonicalData.ComparerOf(record.Type));
        set[record.Data] = record;
    }

    private void Remove(MasterRecord record)
    {
        if (!_records.TryGetValue((record.Owner, record.Type), out var set) || !set.Remove(record.Data))
            throw new TransferException($"a change removes a record of {record.Owner} that is not there");
    }

    private static uint Serial(MasterRecord soa) => Soa.SerialOf(soa.Data);

    private static TransferException Malformed() => new("a message of the transfer is malformed");
}
