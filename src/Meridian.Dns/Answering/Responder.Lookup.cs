using Meridian.Dns.Records;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Answering;

/// <summary>The algorithm of RFC 1034 section 4.3.2 over the zones that are ours.</summary>
public sealed partial class Responder
{
    // RFC 8482 section 4.2: ANY gets one small record that names the RFC.
    private static readonly byte[] AnyAnswer = [7, .. "RFC8482"u8, 0];
    private const uint AnyTtl = 3600;

    private static void LookUp(ZoneSet zones, ref Query query, ref ResponseBuilder builder, in Requester requester, ref bool steered)
    {
        Span<byte> owner = stackalloc byte[DnsName.MaxLength];
        Span<byte> canonical = stackalloc byte[DnsName.MaxLength];
        query.Name[..query.NameLength].CopyTo(owner);
        query.Canonical[..query.NameLength].CopyTo(canonical);
        var length = query.NameLength;
        for (var hop = 0; hop < ResponseLimits.MaxChain; hop++)
        {
            if (zones.Find(canonical[..length], query.Type) is not { } zone)
            {
                if (hop == 0)
                    Refuse(ref builder, ResponseCode.Refused, ExtendedError.NotAuthoritative);
                return;
            }

            if (hop == 0)
                builder.Authoritative = true;
            var match = zone.Search(canonical[..length]);
            var followed = match.Kind switch
            {
                MatchKind.Redirect => TryRedirect(match.Node.Redirect!, query.Type, ref builder, owner, canonical, ref length),
                MatchKind.Exact or MatchKind.Wildcard =>
                    AnswerFrom(zone, match.Node, query, ref builder, requester, owner, canonical, ref length, ref steered),
                MatchKind.Cut when query.Type == RecordType.DS => AnswerStatic(zone, match.Node, query, ref builder, owner[..length]),
                MatchKind.NoName => NoName(zone, ref builder),
                _ => Refer(zone, match.Node.Delegation!, ref builder, hop),
            };
            if (!followed)
                return;
        }
    }

    /// <summary>Answers from a node; true when a chain goes on with another name.</summary>
    private static bool AnswerFrom(
        Zone zone,
        ZoneNode node,
        in Query query,
        ref ResponseBuilder builder,
        in Requester requester,
        scoped Span<byte> owner,
        scoped Span<byte> canonical,
        ref int length,
        ref bool steered)
    {
        if (query.Type == RecordType.ANY && (!node.Sets.IsEmpty || node.Steered is not null))
        {
            builder.TryAnswer(owner[..length], RecordType.HINFO, AnyTtl, AnyAnswer);
            return false;
        }

        if (node.Alias is { } alias && query.Type != RecordType.CNAME)
            return builder.TryAnswer(owner[..length], alias) && Follow(alias.Data[0], owner, canonical, ref length);
        if (node.Steered is not null && node.Find(query.Type) is null)
        {
            steered = true;
            return AnswerSteered(zone, node.Steered, query, ref builder, requester, owner, canonical, ref length);
        }

        return AnswerStatic(zone, node, query, ref builder, owner[..length]);
    }

    private static bool AnswerStatic(Zone zone, ZoneNode node, in Query query, ref ResponseBuilder builder, scoped ReadOnlySpan<byte> owner)
    {
        if (node.Find(query.Type) is not { } set)
            return NoData(zone, ref builder, zone.NegativeTtl);
        if (builder.TryAnswer(owner, set))
            OfferAddresses(zone, set, ref builder);
        return false;
    }

    private static bool AnswerSteered(
        Zone zone,
        ISteeredName steered,
        in Query query,
        ref ResponseBuilder builder,
        in Requester requester,
        scoped Span<byte> owner,
        scoped Span<byte> canonical,
        ref int length)
    {
        Span<byte> client = stackalloc byte[16];
        var question = Client.Of(query, requester, client);
        Span<byte> addresses = stackalloc byte[ResponseLimits.MaxAddresses * 16];
        var reply = steered.Answer(question, addresses);
        builder.ScopeBits = Math.Max(builder.ScopeBits, Client.Scope(query, question, reply.ScopeBits));
        if (reply.Error != ExtendedError.None)
            builder.Error = reply.Error;
        switch (reply.Kind)
        {
            case SteeredKind.Addresses:
                var size = query.Type == RecordType.A ? 4 : 16;
                for (var i = 0; i < reply.Count; i++)
                {
                    if (!builder.TryAnswer(owner[..length], query.Type, reply.Ttl, addresses.Slice(i * size, size)))
                        return false;
                }

                return false;
            case SteeredKind.Alias:
                return builder.TryAnswer(owner[..length], RecordType.CNAME, reply.Ttl, reply.Target!.Wire)
                    && query.Type != RecordType.CNAME
                    && Follow(reply.Target.Wire, owner, canonical, ref length);
            case SteeredKind.ServerFailure:
                builder.Code = ResponseCode.ServFail;
                builder.Authoritative = false;
                return false;
            default:
                return NoData(zone, ref builder, Math.Min(zone.NegativeTtl, reply.Ttl));
        }
    }

    // RFC 6672 section 2.2: the DNAME, and a CNAME made from it for the name that was asked.
    private static bool TryRedirect(
        RecordSet redirect, RecordType type, ref ResponseBuilder builder, scoped Span<byte> owner, scoped Span<byte> canonical, ref int length)
    {
        ReadOnlySpan<byte> target = redirect.Data[0];
        var prefix = length - redirect.Owner.Wire.Length;
        if (!builder.TryAnswer(redirect.Owner.Wire, redirect))
            return false;
        if (prefix + target.Length > DnsName.MaxLength)
        {
            // RFC 6672 section 2.2: the new name would be too long: YXDOMAIN (6).
            builder.Code = (ResponseCode)6;
            return false;
        }

        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        owner[..prefix].CopyTo(name);
        target.CopyTo(name[prefix..]);
        var next = prefix + target.Length;
        return builder.TryAnswer(owner[..length], RecordType.CNAME, redirect.Ttl, name[..next])
            && type != RecordType.CNAME
            && Follow(name[..next], owner, canonical, ref length);
    }

    private static bool Follow(scoped ReadOnlySpan<byte> target, scoped Span<byte> owner, scoped Span<byte> canonical, ref int length)
    {
        target.CopyTo(owner);
        DnsName.ToLower(target, canonical);
        length = target.Length;
        return true;
    }

    private static bool NoName(Zone zone, ref ResponseBuilder builder)
    {
        builder.Code = ResponseCode.NXDomain;
        return NoData(zone, ref builder, zone.NegativeTtl);
    }

    private static bool NoData(Zone zone, ref ResponseBuilder builder, uint ttl)
    {
        builder.TryAuthority(zone.Soa, ttl);
        return false;
    }

    private static bool Refer(Zone zone, RecordSet delegation, ref ResponseBuilder builder, int hop)
    {
        // After an alias the first part of the answer is still ours.
        if (hop == 0)
            builder.Authoritative = false;
        if (!builder.TryAuthority(delegation, delegation.Ttl))
            return false;
        Span<byte> canonical = stackalloc byte[DnsName.MaxLength];
        foreach (var data in delegation.Data)
        {
            ReadOnlySpan<byte> target = data;
            DnsName.ToLower(target, canonical);
            if (!IsAtOrBelow(canonical[..target.Length], zone.Origin) || zone.Find(canonical[..target.Length]) is not { } node)
                continue;
            if (node.Find(RecordType.A) is { } v4 && !builder.TryGlue(v4))
                return false;
            if (node.Find(RecordType.AAAA) is { } v6 && !builder.TryGlue(v6))
                return false;
        }

        return false;
    }

    /// <summary>Adds addresses of the names in NS, MX and SRV records where they are in the zone and there is room.</summary>
    private static void OfferAddresses(Zone zone, RecordSet set, ref ResponseBuilder builder)
    {
        var skip = set.Type switch { RecordType.NS => 0, RecordType.MX => 2, RecordType.SRV => 6, _ => -1 };
        if (skip < 0)
            return;
        Span<byte> canonical = stackalloc byte[DnsName.MaxLength];
        foreach (var data in set.Data)
        {
            var target = data.AsSpan(skip);
            DnsName.ToLower(target, canonical);
            if (!IsAtOrBelow(canonical[..target.Length], zone.Origin) || zone.Find(canonical[..target.Length]) is not { } node)
                continue;
            if (node.Find(RecordType.A) is { } v4)
                builder.Offer(v4);
            if (node.Find(RecordType.AAAA) is { } v6)
                builder.Offer(v6);
        }
    }

    private static bool IsAtOrBelow(ReadOnlySpan<byte> name, DnsName zone)
    {
        var at = 0;
        while (name.Length - at > zone.Canonical.Length)
            at += name[at] + 1;
        return name[at..].SequenceEqual(zone.Canonical);
    }
}
