using Meridian.Dns.Steered;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Answering;

/// <summary>Writes answers that are chosen for the client.</summary>
internal ref partial struct Resolution
{
    private const int V4Length = 4;
    private const int V6Length = 16;

    private bool AnswerSteered(AuthoritativeZone zone, ZoneNode node, ISteeredName steered)
    {
        Steered = true;
        Span<byte> client = stackalloc byte[V6Length];
        var question = Client.Of(Query, _requester, client);
        Span<byte> buffer = stackalloc byte[SteeredReply.MaxData];
        var reply = steered.Answer(question, buffer);
        Builder.ScopeBits = Math.Max(Builder.ScopeBits, Client.Scope(Query, question, reply.ScopeBits));
        if (reply.Error != ExtendedError.None)
            Builder.Error = reply.Error;
        switch (reply.Kind)
        {
            case SteeredKind.Addresses:
                var size = Query.Type == RecordType.A ? V4Length : V6Length;
                if (Builder.TryAnswerAddresses(_owner, Query.Type, reply.Ttl, reply.Addresses, size))
                    TrySign(zone, Query.Type, reply.Ttl, reply.MaxTtl, reply.Addresses, size,
                        transient: node.Name.IsWildcard);
                return false;
            case SteeredKind.Record:
                if (Builder.TryAnswer(_owner, Query.Type, reply.Ttl, reply.Record))
                    TrySign(zone, Query.Type, reply.Ttl, reply.MaxTtl, reply.Record, reply.Record.Length,
                        transient: node.Name.IsWildcard);
                return false;
            case SteeredKind.Alias:
                return Builder.TryAnswer(_owner, RecordType.CNAME, reply.Ttl, reply.Target!.Wire)
                    && TrySign(zone, RecordType.CNAME, reply.Ttl, reply.MaxTtl, reply.Target.Canonical,
                        reply.Target.Wire.Length, node.Name.IsWildcard)
                    && Query.Type != RecordType.CNAME
                    && Follow(reply.Target.Wire);
            case SteeredKind.ServerFailure:
                Builder.Code = ResponseCode.ServFail;
                Builder.Authoritative = false;
                return false;
            default:
                return NoData(zone, node, Math.Min(zone.NegativeTtl, reply.Ttl), steered: true);
        }
    }
}
