using System.Net.Sockets;
using Meridian.Dns.Answering;
using Meridian.Dns.Limiting;

namespace Meridian.Dns.Sockets;

/// <summary>What every loop that answers datagrams does with one, whatever it came by.</summary>
internal sealed class UdpService(Responder responder, ZoneHolder zones, AsideQueue? aside, DnsServerOptions options,
    TimeProvider time)
{
    /// <summary>Octets of a query that are read; a larger one is cut, and then refused as malformed.</summary>
    public const int MaxQuery = 4096;

    /// <summary>Queries that are set aside count together, whatever they are about.</summary>
    private const uint AsideLikeness = 0x41534944;

    private volatile bool _stopping;

    public bool IsStopping => _stopping;

    /// <summary>The time, to be read once for all datagrams that were taken together.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    public void Stop() => _stopping = true;

    /// <summary>A datagram met a fault of ours.</summary>
    public void Fault(Exception fault) => options.Fault(fault);

    /// <summary>Writes the response to a datagram; 0 for none.</summary>
    public int Answer(
        ReadOnlySpan<byte> query, Span<byte> response, in Requester requester, Socket socket, ReadOnlySpan<byte> peer,
        DnsCounters counters)
    {
        var summary = responder.Respond(zones.Current, query, response, requester);
        counters.Count(summary);
        options.QueryLog?.Offer(query, response[..summary.Length], requester);
        var verdict = summary.IsKnownClient || options.Limiter is not { } limiter
            || (summary.Length == 0 && !summary.IsSetAside)
            ? LimitVerdict.Send
            : limiter.Judge(requester.Address, summary.IsSetAside ? AsideLikeness : summary.Likeness, requester.Now);
        if (summary.IsSetAside)
            return SetAside(verdict, query, response, socket, peer);
        return verdict switch
        {
            LimitVerdict.Send => summary.Length,
            LimitVerdict.Slip => TruncatedResponse.Make(response[..summary.Length]),
            _ => 0,
        };
    }

    // What costs most is limited before it costs anything.
    private int SetAside(LimitVerdict verdict,
        ReadOnlySpan<byte> query, Span<byte> response, Socket socket, ReadOnlySpan<byte> peer)
    {
        if (verdict == LimitVerdict.Send)
            aside!.Add(query, socket, peer);
        return verdict == LimitVerdict.Slip ? TruncatedResponse.Of(query, response) : 0;
    }
}
