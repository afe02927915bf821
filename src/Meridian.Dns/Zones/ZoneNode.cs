using System.Collections.Immutable;
using Meridian.Dns.Answering;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>
/// A name of a zone with all that it owns. A node with nothing is an empty non-terminal (RFC 4592 section 2.2.2).
/// </summary>
public sealed class ZoneNode
{
    // What is derived from the sets and made when it is first wanted; making it twice does no harm.
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
        Meeting = parent switch
        {
            { Meeting: { Kind: MatchKind.Cut or MatchKind.BelowCut, Node: var cut } } =>
                new ZoneMatch(MatchKind.BelowCut, cut),
            { Meeting: { Kind: MatchKind.Redirect, Node: var above } } => new ZoneMatch(MatchKind.Redirect, above),
            { Redirect: not null } => new ZoneMatch(MatchKind.Redirect, parent),
            _ => new ZoneMatch(Delegation is null ? MatchKind.Exact : MatchKind.Cut, this),
        };
    }

    public DnsName Name { get; }

    public ImmutableArray<RecordSet> Sets { get; }

    /// <summary>Answers made ready for <see cref="Sets"/>, in the same order.</summary>
    internal ImmutableArray<ReadyAnswer?> Ready { private get; set; } = [];

    /// <summary>Who answers for the addresses of the name, if they are steered.</summary>
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
    /// Whether the zone speaks for the name with authority: it is neither at, nor below, a cut or DNAME.
    /// </summary>
    public bool IsAuthoritative => Meeting.Kind == MatchKind.Exact;

    /// <summary>What a query for this very name meets: the node, or the cut or DNAME above it that hides it.</summary>
    internal ZoneMatch Meeting { get; }

    /// <summary>What a query for a name meets that has no node and whose closest encloser this is.</summary>
    internal ZoneMatch MeetingBelow => Meeting.Kind switch
    {
        MatchKind.Cut or MatchKind.BelowCut => Meeting with { Kind = MatchKind.BelowCut },
        MatchKind.Redirect => Meeting,
        _ when Redirect is not null => new ZoneMatch(MatchKind.Redirect, this),
        _ when Wildcard is not null => new ZoneMatch(MatchKind.Wildcard, Wildcard),
        _ => new ZoneMatch(MatchKind.NoName, this),
    };

    public RecordSet? Find(RecordType type) => IndexOf(type) is >= 0 and var index ? Sets[index] : null;

    /// <summary>The ready answer to a set; null where there is none.</summary>
    internal ReadyAnswer? ReadyPlain(int index) => Ready.IsEmpty ? null : Ready[index];

    /// <summary>The ready answer with signatures of a signer; null where it is not made yet.</summary>
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

    /// <summary>A set in the form that is signed.</summary>
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
