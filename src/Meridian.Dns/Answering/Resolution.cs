using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Answering;

/// <summary>
/// The lookup of one query in the zones of this server (RFC 1034 section 4.3.2), which writes the response.
/// </summary>
internal ref partial struct Resolution
{
    // RFC 8482 section 4.2: ANY gets one small record that names the RFC.
    private static readonly byte[] AnyAnswer = [7, .. "RFC8482"u8, 0];
    private const uint AnyTtl = 3600;

    public Query Query;
    public ResponseBuilder Builder;

    private readonly Requester _requester;
    private readonly ZoneSet _zones;

    // Buffers for the name that is being looked up, after any aliases: as written, and in lower case.
    private readonly Span<byte> _ownerBuffer;
    private readonly Span<byte> _canonical;

    // The name as written: that of the question, until an alias leads to another.
    private ReadOnlySpan<byte> _owner;
    private int _hop;

    /// <param name="zones">The zones.</param>
    /// <param name="requester">Who asks.</param>
    /// <param name="response">Room for the response.</param>
    /// <param name="owner">255 octets.</param>
    /// <param name="canonical">255 octets.</param>
    public Resolution(ZoneSet zones, in Requester requester,
        Span<byte> response, Span<byte> owner, Span<byte> canonical)
    {
        Builder = new ResponseBuilder(response);
        _zones = zones;
        _requester = requester;
        _ownerBuffer = owner;
        _canonical = canonical;
    }

    /// <summary>Equal for responses that count together when their rate is limited.</summary>
    public uint RateLimitKey { get; private set; }

    /// <summary>Whether a steered name contributed to the response.</summary>
    public bool Steered { get; private set; }

    /// <summary>Whether a signature is missing that may not be made here, so that the query is deferred.</summary>
    public bool Deferred { get; private set; }

    /// <summary>Whether missing signatures may be made while the query waits.</summary>
    public bool MaySign { get; init; }

    public void Refuse(ResponseCode code, ExtendedError error)
    {
        Builder.Code = code;
        Builder.Error = error;
    }

    /// <summary>Looks the question up and writes the answer.</summary>
    public void LookUp()
    {
        _owner = Query.Name;
        for (_hop = 0; _hop < ResponseLimits.MaxChain; _hop++)
        {
            DnsName.ToLower(_owner, _canonical);
            var keys = new NameKeys(_canonical[.._owner.Length]);
            if (_zones.Find(keys, Query.Type) is not { } zone)
            {
                if (_hop == 0)
                    Refuse(ResponseCode.Refused, ExtendedError.NotAuthoritative);
                return;
            }

            if (!zone.IsLoaded)
            {
                Builder.Authoritative = false;
                Refuse(ResponseCode.ServFail, zone.LoadError);
                return;
            }

            var match = zone.Search(keys);
            if (_hop == 0)
            {
                Builder.Authoritative = true;

                // Made-up names of a flood count together, under their zone, wildcard or delegation.
                RateLimitKey = match.Kind == MatchKind.Exact
                    ? keys.Hash(0) : (uint)match.Node.Name.GetHashCode() ^ (uint)match.Kind;
            }

            var followed = match.Kind switch
            {
                MatchKind.Redirect => TryRedirect(zone, match.Node),
                MatchKind.Exact or MatchKind.Wildcard => AnswerFrom(zone, match),
                MatchKind.Cut when Query.Type == RecordType.DS => AnswerStatic(zone, match),
                MatchKind.NoName => NoName(zone),
                _ => Refer(zone, match.Node),
            };
            if (!followed)
                return;
        }
    }

    /// <summary>Answers from a node; true when the lookup continues with another name.</summary>
    private bool AnswerFrom(AuthoritativeZone zone, ZoneMatch match)
    {
        var node = match.Node;
        if (Query.Type == RecordType.ANY && (!node.Sets.IsEmpty || node.Steered is not null))
        {
            if (Builder.TryAnswer(_owner, RecordType.HINFO, AnyTtl, AnyAnswer))
                TrySign(zone, RecordType.HINFO, AnyTtl, AnyTtl, AnyAnswer, AnyAnswer.Length, transient: true);
            return false;
        }

        if (node.Alias is { } alias && Query.Type != RecordType.CNAME)
            return Builder.TryAnswer(_owner, alias) && TrySign(zone, node, node.IndexOf(RecordType.CNAME), _owner)
            && Follow(alias.Data[0]);
        return node.Steered is { } steered && node.IndexOf(Query.Type) < 0
            ? AnswerSteered(zone, match.Node, steered)
            : AnswerStatic(zone, match);
    }

    private bool AnswerStatic(AuthoritativeZone zone, ZoneMatch match)
    {
        var node = match.Node;
        var index = node.IndexOf(Query.Type);
        if (index < 0)
            return NoData(zone, node, zone.NegativeTtl);
        if (Query.Type == RecordType.SOA)
        {
            // The zone holds the SOA of the version that is served; the node may hold an older one.
            if (Builder.TryAnswer(_owner, zone.Soa))
                TrySignSoa(zone, zone.Soa.Ttl, authority: false);
            return false;
        }

        if (_hop == 0 && match.Kind != MatchKind.Wildcard
            && (SignerOf(zone) is { } signer ? node.ReadySigned(index, signer) : node.ReadyPlain(index)) is { } ready
            && Builder.TryCopy(ready, _owner.Length))
            return false;
        var set = node.Sets[index];
        if (Builder.TryAnswer(_owner, set) && TrySign(zone, node, index, _owner))
            AdditionalAddresses.Offer(zone, set, ref Builder);
        return false;
    }

    // RFC 6672 section 2.2: the DNAME, and a CNAME made from it for the name in the question.
    private bool TryRedirect(AuthoritativeZone zone, ZoneNode node)
    {
        var redirect = node.Redirect!;
        ReadOnlySpan<byte> target = redirect.Data[0];
        var prefix = _owner.Length - redirect.Owner.Wire.Length;
        if (!Builder.TryAnswer(redirect.Owner.Wire, redirect)
            || !TrySign(zone, node, node.IndexOf(RecordType.DNAME), redirect.Owner.Wire))
            return false;
        if (prefix + target.Length > DnsName.MaxLength)
        {
            // The new name would be too long.
            Builder.Code = ResponseCode.YXDomain;
            return false;
        }

        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        _owner[..prefix].CopyTo(name);
        target.CopyTo(name[prefix..]);
        var next = prefix + target.Length;
        return Builder.TryAnswer(_owner, RecordType.CNAME, redirect.Ttl, name[..next])
            && Query.Type != RecordType.CNAME
            && Follow(name[..next]);
    }

    private bool Follow(scoped ReadOnlySpan<byte> target)
    {
        target.CopyTo(_ownerBuffer);
        _owner = _ownerBuffer[..target.Length];
        return true;
    }

    private bool NoName(AuthoritativeZone zone)
    {
        // RFC 9824 section 3.1: the proof says that the name exists without data, so the code is NXDOMAIN only for
        // clients that announce that they understand both together (section 5.1).
        if (SignerOf(zone) is null || Query.CompactOk)
            Builder.Code = ResponseCode.NXDomain;
        return NoData(zone, null, zone.NegativeTtl);
    }

    private bool NoData(AuthoritativeZone zone, ZoneNode? node, uint ttl, bool steered = false)
    {
        if (SignerOf(zone) is { } signer)
        {
            if (Builder.TryAuthority(zone.Soa, ttl) && TrySignSoa(zone, ttl, authority: true))
                Deny(signer, node, steered, ttl);
            return false;
        }

        if (_hop > 0 || ttl != zone.NegativeTtl || zone.Negative is not { } ready
            || !Builder.TryCopy(ready, _owner.Length))
            Builder.TryAuthority(zone.Soa, ttl);
        return false;
    }

    private bool Refer(AuthoritativeZone zone, ZoneNode cut)
    {
        // After an alias, the first part of the answer is still authoritative.
        if (_hop == 0)
            Builder.Authoritative = false;
        var delegation = cut.Delegation!;
        if (Builder.TryAuthority(delegation, delegation.Ttl) && TryDelegationSigner(zone, cut))
            AdditionalAddresses.TryGlue(zone, delegation, ref Builder);
        return false;
    }
}
