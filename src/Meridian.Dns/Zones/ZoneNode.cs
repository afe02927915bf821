using System.Collections.Immutable;
using Meridian.Dns.Answering;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>
/// A name of a zone with its record sets. A node without any is an empty non-terminal (RFC 4592 section 2.2.2).
/// </summary>
public sealed class ZoneNode
{
    // Derived from the sets when first needed; two threads that derive it at once do no harm.
    private byte[]?[]? _forms;
    private SignedAnswers? _signed;

    internal ZoneNode(DnsName name, ImmutableArray<RecordSet> sets, ISteeredName? steered, ZoneNode? parent)
    {
        Name = name;
        Sets = sets;
        Steered = steered;
        Alias = Find(RecordType.CNAME);
        Redirect = Find(RecordType.DNAME);
        Delegation = parent is null ? null : Find(RecordType.NS);
        Match = parent switch
        {
            { Match: { Kind: MatchKind.Cut or MatchKind.BelowCut, Node: var cut } } =>
                new ZoneMatch(MatchKind.BelowCut, cut),
            { Match: { Kind: MatchKind.Redirect, Node: var above } } => new ZoneMatch(MatchKind.Redirect, above),
            { Redirect: not null } => new ZoneMatch(MatchKind.Redirect, parent),
            _ => new ZoneMatch(Delegation is null ? MatchKind.Exact : MatchKind.Cut, this),
        };
    }

    public DnsName Name { get; }

    public ImmutableArray<RecordSet> Sets { get; }

    /// <summary>Prepared answers for <see cref="Sets"/>, in the same order.</summary>
    internal ImmutableArray<ReadyAnswer?> Ready { private get; set; } = [];

    /// <summary>Chooses the addresses of the name; null where it is not steered.</summary>
    public ISteeredName? Steered { get; }

    /// <summary>The CNAME record, if any.</summary>
    public RecordSet? Alias { get; }

    /// <summary>The DNAME record, if any (RFC 6672).</summary>
    public RecordSet? Redirect { get; }

    /// <summary>The NS records that make the node a zone cut; null for the zone's own.</summary>
    public RecordSet? Delegation { get; }

    /// <summary>The node of <c>*</c> below this one, if any.</summary>
    public ZoneNode? Wildcard { get; internal set; }

    /// <summary>
    /// Whether the zone is authoritative for the name: it is neither at nor below a cut, and not below a DNAME.
    /// </summary>
    public bool IsAuthoritative => Match.Kind == MatchKind.Exact;

    /// <summary>The match of a query for this very name: the node, or the cut or DNAME above that hides it.</summary>
    internal ZoneMatch Match { get; }

    /// <summary>The match of a query for a name that has no node and whose closest encloser this is.</summary>
    internal ZoneMatch MatchBelow => Match.Kind switch
    {
        MatchKind.Cut or MatchKind.BelowCut => Match with { Kind = MatchKind.BelowCut },
        MatchKind.Redirect => Match,
        _ when Redirect is not null => new ZoneMatch(MatchKind.Redirect, this),
        _ when Wildcard is not null => new ZoneMatch(MatchKind.Wildcard, Wildcard),
        _ => new ZoneMatch(MatchKind.NoName, this),
    };

    public RecordSet? Find(RecordType type) => IndexOf(type) is >= 0 and var index ? Sets[index] : null;

    /// <summary>The prepared answer for a set; null where there is none.</summary>
    internal ReadyAnswer? ReadyPlain(int index) => Ready.IsEmpty ? null : Ready[index];

    /// <summary>The prepared answer with a signer's signatures; null where it is not made yet.</summary>
    internal ReadyAnswer? ReadySigned(int index, ZoneSigner signer) =>
        Volatile.Read(ref _signed) is { } signed
        && ReferenceEquals(signed.Signer, signer) ? Volatile.Read(ref signed.Ready[index]) : null;

    internal void SetReadySigned(int index, ZoneSigner signer, ReadyAnswer? ready)
    {
        var signed = _signed;
        if (signed is null || !ReferenceEquals(signed.Signer, signer))
            Volatile.Write(ref _signed, signed = new SignedAnswers(signer, new ReadyAnswer?[Sets.Length]));
        Volatile.Write(ref signed.Ready[index], ready);
    }

    /// <summary>A record set in the form that is signed.</summary>
    internal byte[] FormOf(int index)
    {
        var forms = _forms ??= new byte[Sets.Length][];
        return forms[index] ??= SigningForm.Of(Name.Canonical, Sets[index]);
    }

    internal int IndexOf(RecordType type)
    {
        for (var i = 0; i < Sets.Length; i++)
        {
            if (Sets[i].Type == type)
                return i;
        }

        return -1;
    }

    private sealed record SignedAnswers(ZoneSigner Signer, ReadyAnswer?[] Ready);
}
