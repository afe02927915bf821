using System.Text;
using Meridian.Dns.Cookies;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

// This project writes its stack buffers before it reads them. Clearing a kilobyte of them for every query would be a
// tenth of the query's cost.
[module: System.Runtime.CompilerServices.SkipLocalsInit]

namespace Meridian.Dns.Answering;

/// <summary>
/// Turns a query into a response, from octets to octets: parse, refuse what this server does not serve, look up, write.
/// Pure except for the steered names that it asks. Allocates nothing and never throws, whatever the octets are.
/// </summary>
public sealed partial class Responder(ResponderOptions options)
{
    /// <summary>Octets that a response buffer must have.</summary>
    public const int MaxResponse = ushort.MaxValue;

    private const ushort ClassIn = 1;
    private const ushort ClassChaos = 3;

    // Still fits the smallest response, of 512 octets, beside the longest name and every other option.
    private const int MaxNsid = 100;

    private readonly byte[] _nsid = [.. Encoding.UTF8.GetBytes(options.Nsid ?? "").Take(MaxNsid)];
    private readonly ushort _keepalive = (ushort)Math.Min(ushort.MaxValue, options.TcpIdleTimeout.TotalSeconds * 10);
    private readonly ChaosAnswers _chaos = new(options);

    /// <summary>Answers one query from one snapshot of the zones; a length of 0 means that nothing is sent.</summary>
    /// <param name="zones">The zones.</param>
    /// <param name="message">The query as received.</param>
    /// <param name="response">Room for the response: 65,535 octets, or 1,232 for UDP.</param>
    /// <param name="requester">Who asks.</param>
    public ResponseSummary Respond(ZoneSet zones, ReadOnlySpan<byte> message, Span<byte> response,
        in Requester requester)
    {
        Span<byte> owner = stackalloc byte[DnsName.MaxLength];
        Span<byte> canonical = stackalloc byte[DnsName.MaxLength];
        scoped var resolution = new Resolution(zones, requester, response, owner, canonical)
        {
            MaySign = requester.CanWait || !options.DefersSlowMessages,
        };

        // Used in place: the query is large, and copying it costs as much as finding an answer.
        ref var query = ref resolution.Query;
        scoped var reader = new DnsReader(message);

        // A response is never answered: otherwise two servers could keep each other busy for ever.
        if (message.Length < Query.HeaderLength || !query.TryReadHeader(ref reader) || query.IsResponse)
            return ResponseSummary.Silence;

        var sound = query.OpCode == 0 && query.TryReadBody(ref reader);
        Span<byte> cookie = stackalloc byte[CookieJar.ServerLength];
        var known = TryCookie(query, requester, ref cookie);
        if (options.DefersSlowMessages && !requester.CanWait && NeedsMessageService(query))
            return ResponseSummary.Deferred with { IsKnownClient = known };
        var opt = new OptRecord(_nsid, cookie,
            query.AsksForKeepalive && requester.Transport is (Transport.Tcp or Transport.Tls) ? _keepalive : (ushort)0);
        var limit = Math.Min(response.Length, query.MaxResponse(requester.Transport));
        resolution.Builder.Begin(query, limit, opt.MaxLength(query));

        // Other opcodes have other bodies (RFC 2136, RFC 1996); only the header is echoed.
        if (query.OpCode != 0)
            resolution.Builder.Code = ResponseCode.NotImp;
        else if (!sound)
            resolution.Builder.Code = ResponseCode.FormErr;
        else if (query.EdnsVersion != 0)
            resolution.Builder.Code = ResponseCode.BadVers;
        else
            Answer(ref resolution);
        if (resolution.Deferred)
            return ResponseSummary.Deferred with { IsKnownClient = known };
        var length = resolution.Builder.Finish(query, limit, opt);
        return new ResponseSummary(length, resolution.Builder.Code, query.Type, resolution.Builder.Truncated,
            resolution.Steered)
        {
            IsKnownClient = known,
            RateLimitKey = resolution.RateLimitKey,
        };
    }

    // A good, young cookie is sent back as it came; any other, or none, is answered with a new one.
    private bool TryCookie(in Query query, in Requester requester, ref Span<byte> cookie)
    {
        if (options.Cookies is not { } jar || query.ClientCookie.IsEmpty)
        {
            cookie = [];
            return false;
        }

        var good = jar.IsGood(query.ClientCookie, query.ServerCookie, requester.Address, requester.Now, out var fresh);
        if (fresh)
            query.ServerCookie.CopyTo(cookie);
        else
            jar.Make(query.ClientCookie, requester.Address, requester.Now, cookie);
        return good;
    }

    private static bool NeedsMessageService(in Query query) =>
        query.HasTsig || query.Type is RecordType.AXFR or RecordType.IXFR
        || query.OpCode is (int)OpCode.Notify or (int)OpCode.Update;

    private void Answer(scoped ref Resolution resolution)
    {
        switch (resolution.Query.Class)
        {
            case ClassChaos:
                _chaos.Answer(resolution.Query, ref resolution.Builder);
                break;
            case not ClassIn:
                resolution.Refuse(ResponseCode.Refused, ExtendedError.NotSupported);
                break;
            default:
                switch (resolution.Query.Type)
                {
                    case RecordType.AXFR or RecordType.IXFR:
                        resolution.Refuse(ResponseCode.Refused, ExtendedError.Prohibited);
                        break;
                    case RecordType.OPT or RecordType.TSIG or RecordType.NXNAME or RecordType.None:
                        resolution.Refuse(ResponseCode.FormErr, ExtendedError.None);
                        break;
                    case RecordType.MAILA or RecordType.MAILB:
                        resolution.Refuse(ResponseCode.NotImp, ExtendedError.NotSupported);
                        break;
                    default:
                        resolution.LookUp();
                        break;
                }

                break;
        }
    }
}
