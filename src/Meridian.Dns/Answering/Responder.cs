using System.Text;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Answering;

/// <summary>
/// Turns a query into a response, from octets to octets: parse, refuse what is not for us, look up, write. Pure but for
/// the steered names that it asks; allocates nothing and never throws, whatever the octets are.
/// </summary>
public sealed partial class Responder(ResponderOptions options)
{
    /// <summary>Octets that a response buffer must have.</summary>
    public const int MaxResponse = ushort.MaxValue;

    private const ushort ClassIn = 1;
    private const ushort ClassChaos = 3;

    private readonly byte[] _nsid = Encoding.UTF8.GetBytes(options.Nsid ?? "");
    private readonly ChaosAnswers _chaos = new(options);

    /// <summary>Answers one query from one snapshot of the zones; 0 means to stay silent.</summary>
    /// <param name="zones">The zones.</param>
    /// <param name="message">The query as received.</param>
    /// <param name="response">Room for the response: 65,535 octets, or 1,232 for UDP.</param>
    /// <param name="requester">Who asks.</param>
    public ResponseSummary Respond(ZoneSet zones, ReadOnlySpan<byte> message, Span<byte> response, in Requester requester)
    {
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        Span<byte> canonical = stackalloc byte[DnsName.MaxLength];
        scoped var query = new Query { Name = name, Canonical = canonical };
        scoped var reader = new DnsReader(message);

        // A response is never answered, or two servers could keep each other busy.
        if (message.Length < Query.HeaderLength || !query.TryReadHeader(ref reader) || query.IsResponse)
            return ResponseSummary.Silence;

        var opt = new OptRecord(_nsid);
        scoped var builder = new ResponseBuilder(response);
        if (query.OpCode != 0)
        {
            // Other opcodes have other bodies (RFC 2136, RFC 1996); only the header is echoed.
            builder.Begin(query, response.Length, 0);
            builder.Code = ResponseCode.NotImp;
            return new ResponseSummary(builder.Finish(query, response.Length, opt), ResponseCode.NotImp, RecordType.None, false, false);
        }

        var sound = query.TryReadBody(ref reader);
        var limit = Math.Min(response.Length, query.MaxResponse(requester.Transport));
        builder.Begin(query, limit, opt.MaxLength(query));
        var steered = false;
        if (!sound)
            builder.Code = ResponseCode.FormErr;
        else if (query.EdnsVersion != 0)
            builder.Code = ResponseCode.BadVers;
        else
            Answer(zones, ref query, ref builder, requester, ref steered);
        var length = builder.Finish(query, limit, opt);
        return new ResponseSummary(length, builder.Code, query.Type, builder.Truncated, steered);
    }

    private void Answer(ZoneSet zones, ref Query query, ref ResponseBuilder builder, in Requester requester, ref bool steered)
    {
        switch (query.Class)
        {
            case ClassChaos:
                _chaos.Answer(query, ref builder);
                break;
            case not ClassIn:
                Refuse(ref builder, ResponseCode.Refused, ExtendedError.NotSupported);
                break;
            default:
                switch (query.Type)
                {
                    case RecordType.AXFR or RecordType.IXFR:
                        Refuse(ref builder, ResponseCode.Refused, ExtendedError.Prohibited);
                        break;
                    case RecordType.OPT or RecordType.TSIG or RecordType.None:
                        Refuse(ref builder, ResponseCode.FormErr, ExtendedError.None);
                        break;
                    case RecordType.MAILA or RecordType.MAILB:
                        Refuse(ref builder, ResponseCode.NotImp, ExtendedError.NotSupported);
                        break;
                    default:
                        LookUp(zones, ref query, ref builder, requester, ref steered);
                        break;
                }

                break;
        }
    }

    private static void Refuse(ref ResponseBuilder builder, ResponseCode code, ExtendedError error)
    {
        builder.Code = code;
        builder.Error = error;
    }
}
