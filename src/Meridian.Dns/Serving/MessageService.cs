using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;
using Meridian.Dns.Records;
using Meridian.Dns.Sockets;
using Meridian.Dns.Transfers;
using Meridian.Dns.Tsig;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Serving;

/// <summary>
/// Answers the messages that need more than a lookup: signed queries, transfers, notifications, updates, and queries
/// whose signature is yet to be made. Runs beside the loops that answer everything else and never blocks them.
/// </summary>
public sealed class MessageService(Responder responder, ZoneHolder zones, IZoneChanges changes, TimeProvider time,
    Action<string> log) : IDisposable
{
    private const int HeaderLength = 12;
    private const int MaxTransfers = 16;

    private readonly SemaphoreSlim _transfers = new(MaxTransfers);
    private readonly SemaphoreSlim _updates = new(1);

    /// <summary>Counts the queries that arrive by HTTPS; the other transports count their own.</summary>
    public DnsCounters HttpsCounters { get; } = new(Transport.Https);

    public void Dispose()
    {
        _transfers.Dispose();
        _updates.Dispose();
    }

    /// <summary>Answers one message.</summary>
    /// <param name="message">A whole message that is not a response.</param>
    /// <param name="client">Who sent it.</param>
    /// <param name="transport">The transport that it arrived by.</param>
    /// <param name="respond">Sends a response; called several times for a transfer.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public async ValueTask HandleAsync(
        ReadOnlyMemory<byte> message, IPAddress client, Transport transport,
        Func<ReadOnlyMemory<byte>, ValueTask> respond, CancellationToken cancellationToken)
    {
        if (message.Length < HeaderLength)
            return;
        try
        {
            await HandleAsync(message, client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client, transport, respond,
                zones.Current, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or IOException or SocketException
            or ObjectDisposedException))
        {
            // An exception costs this one message and is logged; the caller goes on.
            log($"a message from {client} was not answered because of an internal error: {e}");
        }
    }

    private async ValueTask HandleAsync(
        ReadOnlyMemory<byte> message, IPAddress client, Transport transport,
        Func<ReadOnlyMemory<byte>, ValueTask> respond, ZoneSet served, CancellationToken cancellationToken)
    {
        var request = Request.Read(message.Span, served, time.GetUtcNow());
        if (request.Refusal is { } refusal)
        {
            await respond(refusal);
            return;
        }

        switch (request.OpCode)
        {
            case OpCode.Notify:
                await respond(Sign(request, Notify(served, request, client)));
                break;
            case OpCode.Update:
                await respond(Sign(request, await UpdateAsync(served, request, client, cancellationToken)));
                break;
            case OpCode.Query when request.Type is RecordType.AXFR or RecordType.IXFR:
                await TransferAsync(served, request, client, transport, respond, cancellationToken);
                break;
            default:
                if (Respond(served, request, client, transport) is { Length: > 0 } response)
                    await respond(response);
                break;
        }
    }

    private byte[] Respond(ZoneSet served, Request request, IPAddress client, Transport transport)
    {
        var buffer = new byte[Responder.MaxResponse];
        var room = transport == Transport.Udp ? ResponseLimits.MaxUdp : buffer.Length;
        if (request.Session is not null)
            room -= TsigSession.MaxLength;
        var draw = (ulong)Random.Shared.NextInt64();
        var requester = new Requester(client.GetAddressBytes(), transport, draw, time.GetUtcNow()) { CanWait = true };
        var summary = responder.Respond(served, request.Body, buffer.AsSpan(0, room), requester);
        if (transport == Transport.Https)
            HttpsCounters.Count(summary);
        if (summary.Length == 0)
            return [];
        var length = request.Session?.Sign(buffer, summary.Length, time.GetUtcNow()) ?? summary.Length;
        return buffer[..length];
    }

    private byte[] Notify(ZoneSet served, Request request, IPAddress client)
    {
        if (request.Name is null || served.Find(request.Name.Canonical) is not { } zone)
            return request.Reply(ResponseCode.NotAuth);

        // RFC 1996 section 3.10: only the zone's primaries may notify.
        var known = zone.Policy.Primaries.Any(p => p.Key is null
            ? p.EndPoint.Address.Equals(client) : p.Key.Equals(request.Session?.Key.Name));
        if (!known)
            return request.Reply(ResponseCode.Refused);
        changes.Notified(zone, client);
        return request.Reply(ResponseCode.NoError, authoritative: true);
    }

    private async ValueTask<byte[]> UpdateAsync(ZoneSet served, Request request, IPAddress client,
        CancellationToken cancellationToken)
    {
        if (!UpdateRecord.TryRead(request.Body, out var origin, out var prerequisites, out var updates))
            return request.Reply(ResponseCode.FormErr);
        if (served.Find(origin.Canonical) is not { } zone)
            return request.Reply(ResponseCode.NotAuth);
        if (!zone.Policy.Update.Any(r => r.Allows(client, request.Session?.Key)))
            return request.Reply(ResponseCode.Refused);

        // One update after the other, as each is applied to the result of the one before (RFC 2136 section 3.7).
        await _updates.WaitAsync(cancellationToken);
        try
        {
            var code = ResponseCode.ServFail;
            var isKept = await changes.ApplyAsync(zones.Current.Find(origin.Canonical) ?? zone, current =>
            {
                code = ResponseCode.ServFail;
                if (!current.IsLoaded)
                    return null;
                code = UpdateRules.Apply(current, prerequisites, updates, out var update);
                return code == ResponseCode.NoError && !update.IsEmpty ? update : null;
            }, cancellationToken);
            return request.Reply(isKept ? code : ResponseCode.ServFail);
        }
        finally
        {
            _updates.Release();
        }
    }

    private async ValueTask TransferAsync(
        ZoneSet served, Request request, IPAddress client, Transport transport,
        Func<ReadOnlyMemory<byte>, ValueTask> respond, CancellationToken cancellationToken)
    {
        if (request.Name is null || served.Find(request.Name.Canonical) is not { } zone)
        {
            await respond(Sign(request, request.Reply(ResponseCode.NotAuth)));
            return;
        }

        if (!zone.IsLoaded || zone.Copied is not { } copied)
        {
            await respond(Sign(request, request.Reply(ResponseCode.ServFail)));
            return;
        }

        if (!zone.Policy.Transfer.Any(r => r.Allows(client, request.Session?.Key))
            || (transport is Transport.Udp or Transport.Https && request.Type == RecordType.AXFR))
        {
            await respond(Sign(request, request.Reply(ResponseCode.Refused)));
            return;
        }

        await _transfers.WaitAsync(cancellationToken);
        try
        {
            var part = ChangesFor(copied, request, transport);
            var records = (part ?? TransferOut.Whole(copied, time.GetUtcNow())).ToArray();
            await new TransferOut(copied, request.Id, request.Type, request.Session, time).SendAsync(records, respond);
            if (records.Length > 1)
                log($"zone {zone.Origin}: version {copied.Serial} sent to {client}"
                    + (part is null ? "" : $", as changes since {request.Serial}"));
        }
        finally
        {
            _transfers.Release();
        }
    }

    // RFC 1995 section 2: over UDP the SOA alone tells the client to retry over TCP. Null sends the whole zone.
    private static IEnumerable<RecordSet>? ChangesFor(AuthoritativeZone zone, Request request, Transport transport)
    {
        if (transport is Transport.Udp or Transport.Https)
            return [zone.Soa];
        return request is { Type: RecordType.IXFR, Serial: { } serial } ? TransferOut.Since(zone, serial) : null;
    }

    private byte[] Sign(Request request, byte[] response)
    {
        if (request.Session is null)
            return response;
        var buffer = new byte[response.Length + TsigSession.MaxLength];
        response.CopyTo(buffer, 0);
        return buffer[..request.Session.Sign(buffer, response.Length, time.GetUtcNow())];
    }
}
