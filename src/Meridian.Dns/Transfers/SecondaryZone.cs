using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Serving;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Follows a zone of other servers: checks its primaries when the SOA refresh time has passed or a NOTIFY arrives, and
/// transfers newer versions (RFC 1034 section 4.3.5). While no primary answers, the zone is served until SOA expire.
/// </summary>
public sealed class SecondaryZone : IAsyncDisposable
{
    private const int ExpireWithoutZone = 3600;
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TransferTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryWithoutZone = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    // Every question to a primary has a time-out of its own; there may be several primaries.
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(10);

    private readonly DnsName _origin;
    private readonly ImmutableArray<Peer> _primaries;
    private readonly Func<DnsName, SharedKey?> _keyOf;
    private readonly TimeProvider _time;
    private readonly Action<SecondaryZone> _changed;
    private readonly Action<SecondaryZone> _current;
    private readonly Action<string> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly WakeUp _wake = new();
    private readonly GuardedLoop _turns;
    private readonly Task _loop;
    private volatile State _state;

    /// <param name="origin">The zone.</param>
    /// <param name="primaries">Where it comes from, the preferred first.</param>
    /// <param name="keyOf">Finds a shared key by its name.</param>
    /// <param name="kept">The records of the last known version; empty for none.</param>
    /// <param name="checkedAt">When that version was last known to be current.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called after each new version, and when the zone has expired.</param>
    /// <param name="current">Called when a primary has confirmed that the version is current.</param>
    /// <param name="log">Receives one sentence for each event.</param>
    public SecondaryZone(
        DnsName origin,
        ImmutableArray<Peer> primaries,
        Func<DnsName, SharedKey?> keyOf,
        ImmutableArray<MasterRecord> kept,
        DateTimeOffset checkedAt,
        TimeProvider time,
        Action<SecondaryZone> changed,
        Action<SecondaryZone> current,
        Action<string> log)
    {
        _origin = origin;
        _primaries = primaries;
        _keyOf = keyOf;
        _time = time;
        _changed = changed;
        _current = current;
        _log = log;
        _state = new State(kept, checkedAt, false);
        _turns = new GuardedLoop(StallLimit,
            e => log($"zone {origin}: a refresh has failed and is tried again: {e.Message}"), time);
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Whether a refresh has not ended for so long that the zone is not followed any more.</summary>
    public bool IsStalled => _turns.IsStalled;

    public DnsName Origin => _origin;

    public ImmutableArray<Peer> Primaries => _primaries;

    /// <summary>The records of the current version; empty where there is none or it has expired.</summary>
    public ImmutableArray<MasterRecord> Records => _state.Expired ? [] : _state.Records;

    /// <summary>When a primary last confirmed that the version is current.</summary>
    public DateTimeOffset CheckedAt => _state.CheckedAt;

    /// <summary>Checks the primaries now.</summary>
    public void Refresh() => _wake.Set();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        _wake.Dispose();
    }

    // The zone expires in time even where a refresh meets a fault of ours.
    private Task RunAsync(CancellationToken cancellationToken)
    {
        var found = false;
        return _turns.RunAsync(async token =>
        {
            found = false;
            try
            {
                found = await RefreshAsync(token);
            }
            finally
            {
                Expire();
            }
        }, token => _wake.WaitAsync(Interval(found), token), cancellationToken);
    }

    private TimeSpan Interval(bool found)
    {
        if (_state.Soa is not { } soa)
            return RetryWithoutZone;
        var interval = TimeSpan.FromSeconds(found ? Soa.RefreshOf(soa) : Soa.RetryOf(soa));
        return interval < MinInterval ? MinInterval : interval;
    }

    private async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var primary in _primaries)
        {
            try
            {
                var key = primary.Key is null ? null : _keyOf(primary.Key);
                if (primary.Key is not null && key is null)
                    throw new TransferException($"there is no key {primary.Key}");
                await RefreshFromAsync(new TransferClient(primary, key, _time), primary, cancellationToken);
                return true;
            }
            catch (TransferException e)
            {
                _log($"zone {_origin}: {e.Message}");
            }
        }

        return false;
    }

    private async Task RefreshFromAsync(TransferClient client, Peer primary, CancellationToken cancellationToken)
    {
        var state = _state;
        if (state.Soa is { } soa && primary.TlsName is null)
        {
            var answer = await client.AskAsync(Question(RecordType.SOA, null), AskTimeout, cancellationToken)
                ?? throw new TransferException($"{primary.EndPoint} does not answer");
            if (SerialIn(answer) is { } serial && !Soa.IsLater(serial, Soa.SerialOf(soa)))
            {
                StillCurrent(state);
                return;
            }
        }

        var transfer = await TransferAsync(client, state.Soa, state.Records, cancellationToken);
        if (transfer.UpToDate)
        {
            StillCurrent(state);
            return;
        }

        _state = new State(transfer.Records, _time.GetUtcNow(), false);
        var how = transfer.Incremental ? ", as changes" : "";
        _log($"zone {_origin}: version {Soa.SerialOf(_state.Soa!)} transferred from {primary.EndPoint}, "
            + $"{_state.Records.Length} records{how}");
        _changed(this);
    }

    private void StillCurrent(State state)
    {
        _state = state with { CheckedAt = _time.GetUtcNow(), Expired = false };
        if (state.Expired)
            _changed(this);
        else
            _current(this);
    }

    // When the changes do not fit, the whole zone is transferred.
    private async Task<TransferIn> TransferAsync(
        TransferClient client, RecordSet? soa, ImmutableArray<MasterRecord> records,
        CancellationToken cancellationToken)
    {
        if (soa is not null)
        {
            try
            {
                var incremental = new TransferIn(_origin, records);
                await client.TransferAsync(Question(RecordType.IXFR, soa), TransferTimeout, m => incremental.Receive(m),
                    cancellationToken);
                return incremental;
            }
            catch (TransferException e)
            {
                _log($"zone {_origin}: incremental transfer failed ({e.Message}); transferring the whole zone");
            }
        }

        var whole = new TransferIn(_origin, []);
        await client.TransferAsync(Question(RecordType.AXFR, null), TransferTimeout, m => whole.Receive(m),
            cancellationToken);
        return whole;
    }

    private void Expire()
    {
        var state = _state;
        var expire = state.Soa is { } soa ? Soa.ExpireOf(soa) : ExpireWithoutZone;
        if (state.Expired || state.Records.IsEmpty
            || _time.GetUtcNow() - state.CheckedAt < TimeSpan.FromSeconds(expire))
            return;
        _state = state with { Expired = true };
        _log($"zone {_origin}: no primary has answered for {expire} s; it has expired and is no longer answered");
        _changed(this);
    }

    private byte[] Question(RecordType type, RecordSet? soa)
    {
        var buffer = new byte[1024];
        var writer = new MessageWriter(buffer, (ushort)Random.Shared.Next(ushort.MaxValue + 1), 0);
        writer.Question(_origin, type);
        if (soa is not null)
            writer.TryAuthority(_origin, RecordType.SOA, soa.Ttl, soa.Data[0]);
        return buffer[..writer.Length];
    }

    private static uint? SerialIn(byte[] answer)
    {
        var reader = new DnsReader(answer);
        if ((answer[3] & 0xF) != 0 || !reader.TryReadUInt32(out _) || !reader.TryReadUInt16(out var questions)
            || !reader.TryReadUInt16(out var count)
            || !reader.TryReadUInt32(out _) || questions != 1 || count == 0 || !reader.TrySkipName()
            || !reader.TryReadUInt32(out _)
            || !reader.TrySkipName() || !reader.TryReadUInt16(out var type) || type != (ushort)RecordType.SOA
            || !reader.TryReadUInt16(out _)
            || !reader.TryReadUInt32(out _) || !RDataReader.TryRead(ref reader, RecordType.SOA, out var data)
            || !RDataFormat.IsValid(RecordType.SOA, data))
            return null;
        return Soa.SerialOf(data);
    }

    private sealed record State(ImmutableArray<MasterRecord> Records, DateTimeOffset CheckedAt, bool Expired)
    {
        public RecordSet? Soa { get; } = Records.FirstOrDefault(r => r.Type == RecordType.SOA) is { } soa
            ? new RecordSet(soa.Owner, soa.Type, soa.Ttl, [soa.Data])
            : null;
    }
}
