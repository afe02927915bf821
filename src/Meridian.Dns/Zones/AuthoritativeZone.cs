using System.Collections.Immutable;
using Meridian.Dns.Answering;
using Meridian.Dns.Records;
using Meridian.Dns.Serving;
using Meridian.Dns.Signing;
using Meridian.Dns.Transfers;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>The immutable data of one zone.</summary>
public sealed class AuthoritativeZone
{
    private readonly NameTable<ZoneNode> _nodes;
    private readonly bool _isPending;
    private readonly AuthoritativeZone? _copied;
    private byte[]? _soaForm;

    internal AuthoritativeZone(
        DnsName origin, IReadOnlyCollection<ZoneNode> nodes, ZonePolicy policy, ZoneSigner? signer)
    {
        Signer = signer;
        Origin = origin;
        Policy = policy;
        _nodes = new NameTable<ZoneNode>(nodes, n => n.Name);
        Apex = _nodes.Find(origin.Canonical)!;
        Soa = Apex.Find(RecordType.SOA)!;
        SteeredNodes = [.. nodes.Where(n => n.Steered is not null)];
        NegativeTtl = Math.Min(Zones.Soa.MinimumOf(Soa), Soa.Ttl);

        var buffer = new byte[Responder.MaxResponse];
        Negative = ReadyAnswerBuilder.Negative(this, buffer);
        foreach (var node in nodes)
            node.Ready = ReadyAnswerBuilder.Of(this, node, buffer);
    }

    private AuthoritativeZone(
        AuthoritativeZone zone, RecordSet soa, ImmutableArray<RecordSet> defaults, ImmutableArray<ZoneChange> changes,
        bool isPending = false, AuthoritativeZone? copied = null)
    {
        (_isPending, _copied) = (isPending, copied);
        Origin = zone.Origin;
        Signer = zone.Signer;
        Policy = zone.Policy;
        _nodes = zone._nodes;
        Apex = zone.Apex;
        Soa = soa;
        SteeredNodes = zone.SteeredNodes;
        NegativeTtl = zone.NegativeTtl;
        Negative = ReadyAnswerBuilder.Negative(this, new byte[Responder.MaxResponse]);
        Defaults = defaults;
        Changes = changes;
    }

    public DnsName Origin { get; }

    /// <summary>False where there is no data to answer from: every answer is SERVFAIL.</summary>
    public bool IsLoaded => LoadError == ExtendedError.None;

    /// <summary>Why there is no data to answer from; none for a zone that is loaded.</summary>
    public ExtendedError LoadError { get; private init; } = ExtendedError.None;

    /// <summary>Who may transfer and change the zone, and which servers it is exchanged with.</summary>
    public ZonePolicy Policy { get; }

    /// <summary>The SOA record as served; the one in <see cref="Apex"/> may have an older serial.</summary>
    public RecordSet Soa { get; }

    /// <summary>Signs the zone's answers; null where they are not signed.</summary>
    public ZoneSigner? Signer { get; }

    /// <summary>The SOA record in the form that is signed.</summary>
    internal byte[] SoaForm => _soaForm ??= SigningForm.Of(Origin.Canonical, Soa);

    /// <summary>Version of the zone (RFC 1982).</summary>
    public uint Serial => Zones.Soa.SerialOf(Soa);

    /// <summary>
    /// TTL of negative answers in seconds: the lesser of the SOA's TTL and its minimum (RFC 2308 section 5).
    /// </summary>
    public uint NegativeTtl { get; }

    public ZoneNode Apex { get; }

    /// <summary>The prepared authority section of every negative answer.</summary>
    internal ReadyAnswer? Negative { get; private set; }

    /// <summary>Number of names, empty non-terminals included.</summary>
    public int NodeCount => _nodes.Count;

    /// <summary>Every name, in no particular order.</summary>
    public IEnumerable<ZoneNode> Nodes => _nodes.Values;

    /// <summary>The names whose answers are chosen for each query.</summary>
    internal ImmutableArray<ZoneNode> SteeredNodes { get; }

    /// <summary>Whether any name's answers are chosen for each query.</summary>
    public bool Steers => !SteeredNodes.IsEmpty;

    /// <summary>The record sets that stand for the steered names in transfers.</summary>
    internal ImmutableArray<RecordSet> Defaults { get; } = [];

    /// <summary>The changes from earlier versions to this one, the oldest first.</summary>
    internal ImmutableArray<ZoneChange> Changes { get; } = [];

    /// <summary>The same data as a version of its own.</summary>
    internal AuthoritativeZone AsVersion(
        uint serial, ImmutableArray<RecordSet> defaults, ImmutableArray<ZoneChange> changes) =>
        new(this, Zones.Soa.WithSerial(Soa, serial), defaults, changes);

    /// <summary>
    /// The same data under the serial of an earlier version, which other servers copy until this one is published.
    /// </summary>
    internal AuthoritativeZone AsPending(uint serial, ImmutableArray<RecordSet> defaults, AuthoritativeZone? copied) =>
        new(this, Zones.Soa.WithSerial(Soa, serial), defaults, [], isPending: true, copied);

    /// <summary>The version that other servers copy; null where there is none yet.</summary>
    internal AuthoritativeZone? Copied => _isPending ? _copied : this;

    /// <summary>Drops the prepared negative answer, for tests that compare both ways of answering.</summary>
    internal void WithoutReady() => Negative = null;

    /// <summary>
    /// A secondary zone that no primary has given yet, or whose copy has expired; queries get SERVFAIL.
    /// </summary>
    public static AuthoritativeZone NotLoaded(DnsName origin, ZonePolicy policy) =>
        WithoutData(origin, policy, ExtendedError.NotReady);

    /// <summary>A zone whose data has a fault and that has no earlier version; queries get SERVFAIL.</summary>
    public static AuthoritativeZone Failed(DnsName origin, ZonePolicy policy) =>
        WithoutData(origin, policy, ExtendedError.InvalidData);

    private static AuthoritativeZone WithoutData(DnsName origin, ZonePolicy policy, ExtendedError error)
    {
        byte[] soa = [.. origin.Wire, .. origin.Wire, .. new byte[20]];
        var apex = new ZoneNode(origin, [new RecordSet(origin, RecordType.SOA, 0, [soa])], null, null);
        return new AuthoritativeZone(origin, [apex], policy, null) { LoadError = error };
    }

    internal bool SharesNodesWith(AuthoritativeZone other) => ReferenceEquals(_nodes, other._nodes);

    /// <summary>The node with a name in canonical wire form.</summary>
    public ZoneNode? Find(ReadOnlySpan<byte> name) => _nodes.Find(name);

    /// <summary>
    /// Matches a name against the zone (RFC 1034 section 4.3.2 step 3, RFC 4592, RFC 6672). Every name between the
    /// origin and a name that exists has a node, so the first hit on the way up is the closest encloser.
    /// </summary>
    /// <param name="keys">A name at or below the origin, in canonical form.</param>
    internal ZoneMatch Search(scoped in NameKeys keys)
    {
        if (_nodes.Find(keys.Name(0), keys.Hash(0)) is { } exact)
            return exact.Match;
        for (var i = 1; ; i++)
        {
            if (_nodes.Find(keys.Name(i), keys.Hash(i)) is { } encloser)
                return encloser.MatchBelow;
        }
    }
}
