using Meridian.Dns.Signing;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Answering;

/// <summary>
/// Adds signatures, and proofs that a name or type does not exist, for clients that ask for them (RFC 4035
/// section 3.1).
/// </summary>
internal ref partial struct Resolution
{
    private const int MaxTypes = 64;

    private readonly ZoneSigner? SignerOf(AuthoritativeZone zone) => Query.DnssecOk ? zone.Signer : null;

    /// <summary>
    /// Signs a record set of a node, which was just written; <paramref name="owner"/> differs from the node's name for
    /// a wildcard.
    /// </summary>
    private bool TrySign(AuthoritativeZone zone, ZoneNode node, int index, scoped ReadOnlySpan<byte> owner,
        bool authority = false)
    {
        if (SignerOf(zone) is not { } signer)
            return true;
        var ttl = node.Sets[index].Ttl;
        return node.Name.IsWildcard
            ? TrySignExpanded(signer, owner, ttl, node.FormOf(index).AsSpan(node.Name.Wire.Length), authority)
            : TrySign(signer, owner, ttl, node.FormOf(index), transient: false, authority);
    }

    // A record expanded from a wildcard is signed as if it stood at the name in the question (RFC 9824 section 3.4).
    private bool TrySignExpanded(
        ZoneSigner signer, scoped ReadOnlySpan<byte> owner, uint ttl, scoped ReadOnlySpan<byte> rest, bool authority)
    {
        const int Most = 2048;
        Span<byte> form = owner.Length + rest.Length <= Most
            ? stackalloc byte[Most] : new byte[owner.Length + rest.Length];
        DnsName.ToLower(owner, form);
        rest.CopyTo(form[owner.Length..]);
        return TrySign(signer, owner, ttl, form[..(owner.Length + rest.Length)], transient: true, authority);
    }

    private bool TrySignSoa(AuthoritativeZone zone, uint ttl, bool authority) =>
        SignerOf(zone) is not { } signer
        || TrySign(signer, zone.Soa.Owner.Wire, ttl, zone.SoaForm, transient: false, authority);

    /// <summary>Signs records of equal size, which were just written.</summary>
    private bool TrySign(AuthoritativeZone zone, RecordType type, uint ttl, uint originalTtl,
        scoped ReadOnlySpan<byte> data, int size, bool transient = false)
    {
        if (SignerOf(zone) is not { } signer || data.IsEmpty)
            return true;
        Span<byte> form = stackalloc byte[SigningForm.MaxHead + SteeredReply.MaxData
            + (2 * ResponseLimits.MaxAddresses)];
        return SigningForm.TryWrite(form, _owner, type, originalTtl, data, size, out var length)
            && TrySign(signer, _owner, ttl, form[..length], transient, authority: false);
    }

    private bool TrySign(ZoneSigner signer, scoped ReadOnlySpan<byte> owner, uint ttl, scoped ReadOnlySpan<byte> form,
        bool transient, bool authority)
    {
        if (signer.Find(form, _requester.Now, transient) is not { } signatures)
        {
            if (!MaySign)
            {
                Deferred = true;
                return false;
            }

            signatures = signer.Sign(form, _requester.Now, transient);
        }

        foreach (var data in signatures.Data)
        {
            if (!(authority ? Builder.TryAuthority(owner, RecordType.RRSIG, ttl, data)
                : Builder.TryAnswer(owner, RecordType.RRSIG, ttl, data)))
                return false;
        }

        return true;
    }

    /// <summary>
    /// Compact denial of existence (RFC 9824): the proof says that the name exists and lists its types. A name that
    /// does not exist has only the mark NXNAME.
    /// </summary>
    private void Deny(ZoneSigner signer, ZoneNode? node, bool steered, uint ttl)
    {
        Span<RecordType> types = stackalloc RecordType[MaxTypes];
        var count = node is null ? NoSuchName(types) : TypesOf(node, steered, types);
        TryNsec(signer, _owner, types[..count], ttl);
    }

    /// <summary>
    /// Adds the child's DS records to a referral, or the proof that it has none (RFC 4035 section 3.1.4.1).
    /// </summary>
    private bool TryDelegationSigner(AuthoritativeZone zone, ZoneNode cut)
    {
        if (SignerOf(zone) is not { } signer)
            return true;
        var index = cut.IndexOf(RecordType.DS);
        if (index >= 0)
            return Builder.TryAuthority(cut.Sets[index], cut.Sets[index].Ttl)
            && TrySign(zone, cut, index, cut.Name.Wire, authority: true);
        return TryNsec(signer, cut.Name.Wire, [RecordType.NS, RecordType.RRSIG, RecordType.NSEC], zone.NegativeTtl);
    }

    private bool TryNsec(ZoneSigner signer, scoped ReadOnlySpan<byte> owner, scoped ReadOnlySpan<RecordType> types,
        uint ttl)
    {
        // The next name is the closest one that can follow: one more label, of one zero octet.
        const int NextLabel = 2;
        if (owner.Length + NextLabel > DnsName.MaxLength)
        {
            Builder.Code = ResponseCode.ServFail;
            return false;
        }

        Span<byte> data = stackalloc byte[NsecData.MaxLength];
        data[0] = 1;
        data[1] = 0;
        DnsName.ToLower(owner, data[NextLabel..]);
        var length = NextLabel + owner.Length;
        length += NsecData.WriteBitmap(types, data[length..]);
        Span<byte> form = stackalloc byte[SigningForm.MaxHead + NsecData.MaxLength + 2];
        return Builder.TryAuthority(owner, RecordType.NSEC, ttl, data[..length])
            && SigningForm.TryWrite(form, owner, RecordType.NSEC, ttl, data[..length], length, out var used)
            && TrySign(signer, owner, ttl, form[..used], transient: true, authority: true);
    }

    private static int NoSuchName(Span<RecordType> types)
    {
        types[0] = RecordType.RRSIG;
        types[1] = RecordType.NSEC;
        types[2] = RecordType.NXNAME;
        return 3;
    }

    // The proof for a steered name lists every type that it may have except the one in the question: its answers change
    // with the verdicts, and a resolver must not remember one of them as absent.
    private readonly int TypesOf(ZoneNode node, bool steered, Span<RecordType> types)
    {
        var count = 0;
        Add(ref count, types, RecordType.RRSIG);
        Add(ref count, types, RecordType.NSEC);
        foreach (var set in node.Sets)
            Add(ref count, types, set.Type);
        if (steered)
        {
            foreach (var type in node.Steered!.Types)
            {
                if (type != Query.Type)
                    Add(ref count, types, type);
            }
        }

        return count;
    }

    // In ascending order, each once.
    private static void Add(ref int count, Span<RecordType> types, RecordType type)
    {
        if (count == types.Length || types[..count].Contains(type))
            return;
        var at = count++;
        for (; at > 0 && types[at - 1] > type; at--)
            types[at] = types[at - 1];
        types[at] = type;
    }
}
