using System.Net.Sockets;
using Meridian.Dns.Answering;
using Meridian.Dns.Limiting;

namespace Meridian.Dns.Sockets;

/// <summary>Answers one datagram; shared by all loops that receive datagrams.</summary>
internal sealed class UdpService(
    Responder responder, ZoneHolder zones, DeferredQueue? deferred, DnsServerOptions options, TimeProvider time)
{
    /// <summary>Octets of a query that are read; a larger one is cut, and then refused as malformed.</summary>
    public const int MaxQuery = 4096;

    /// <summary>Deferred queries count together, whatever they ask.</summary>
    private const uint DeferredRateLimitKey = 0x41534944;

    private volatile bool _stopping;

    public bool IsStopping => _stopping;

    /// <summary>The time; a loop reads it once for all datagrams that it received together.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    public void Stop() => _stopping = true;

    /// <summary>Reports an exception that a datagram caused.</summary>
    public void Fault(Exception fault) => options.Fault(fault);

    /// <summary>Writes the response to a datagram; 0 for none.</summary>
    public int Answer(
        ReadOnlySpan<byte> query, Span<byte> response, in Requester requester, Socket socket, ReadOnlySpan<byte> peer,
        DnsCounters counters)
    {
        var summary = responder.Respond(zones.Current, query, response, requester);
        counters.Count(summary);
        options.QueryLog?.Offer(query, response[..summary.Length], requester);
        var verdict = Judge(summary, requester);
        if (summary.IsDeferred)
            return Defer(verdict, query, response, socket, peer);
        return verdict switch
        {
            LimitVerdict.Send => summary.Length,
            LimitVerdict.Slip => TruncatedResponse.Make(response[..summary.Length]),
            _ => 0,
        };
    }

    private LimitVerdict Judge(in ResponseSummary summary, in Requester requester)
    {
        var silent = summary.Length == 0 && !summary.IsDeferred;
        if (silent || summary.IsKnownClient || options.Limiter is not { } limiter)
            return LimitVerdict.Send;
        var key = summary.IsDeferred ? DeferredRateLimitKey : summary.RateLimitKey;
        return limiter.Judge(requester.Address, key, requester.Now);
    }

    // The most expensive messages are limited before any work is done for them.
    private int Defer(
        LimitVerdict verdict, ReadOnlySpan<byte> query, Span<byte> response, Socket socket, ReadOnlySpan<byte> peer)
    {
        if (verdict == LimitVerdict.Send)
            deferred!.Add(query, socket, peer);
        return verdict == LimitVerdict.Slip ? TruncatedResponse.Of(query, response) : 0;
    }
}
