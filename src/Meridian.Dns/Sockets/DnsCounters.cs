using System.Runtime.CompilerServices;
using Meridian.Dns.Answering;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Sockets;

/// <summary>
/// Counts of one socket loop. A UDP loop is the only writer of its counters and needs no interlocked operation, which
/// would cost as much as the answer; all TCP connections share one instance. Readers may see a count that is a moment
/// old.
/// </summary>
public sealed class DnsCounters(Transport transport)
{
    private const int CodeCount = 24;

    private readonly bool _shared = transport != Transport.Udp;
    private readonly long[] _responses = new long[CodeCount];
    private long _queries;
    private long _silent;
    private long _deferred;
    private long _truncated;
    private long _steered;

    public Transport Transport { get; } = transport;

    public long Queries => Volatile.Read(ref _queries);

    /// <summary>Messages that needed more than a lookup: transfers, updates, signed queries.</summary>
    public long Deferred => Volatile.Read(ref _deferred);

    /// <summary>Messages that got no response.</summary>
    public long Silent => Volatile.Read(ref _silent);

    public long Truncated => Volatile.Read(ref _truncated);

    /// <summary>Responses that a steered name contributed to.</summary>
    public long Steered => Volatile.Read(ref _steered);

    /// <summary>Responses with a code.</summary>
    public long Responses(ResponseCode code) => Volatile.Read(ref _responses[(int)code]);

    public void Count(in ResponseSummary summary)
    {
        Add(ref _queries);
        if (summary.IsDeferred)
        {
            Add(ref _deferred);
            return;
        }

        if (summary.Length == 0)
        {
            Add(ref _silent);
            return;
        }

        Add(ref _responses[Math.Min((int)summary.Code, CodeCount - 1)]);
        if (summary.Truncated)
            Add(ref _truncated);
        if (summary.Steered)
            Add(ref _steered);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(ref long count)
    {
        if (_shared)
            Interlocked.Increment(ref count);
        else
            Volatile.Write(ref count, count + 1);
    }
}
