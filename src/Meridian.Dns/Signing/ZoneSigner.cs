using System.Buffers.Binary;
using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>
/// Signs the record sets of a zone with a set of keys and keeps the signatures. Finding a signature costs a lookup.
/// Making one costs about 50 µs, which never delays the queries behind it.
/// </summary>
public sealed class ZoneSigner
{
    /// <summary>How long signatures are valid; the same as Knot's default.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromDays(14);

    /// <summary>How long before their expiration they are renewed.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromDays(7);

    /// <summary>How far in the past they begin, for clients whose clocks are behind.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    /// <summary>TTL of the DNSKEY, CDS and CDNSKEY records in seconds.</summary>
    public const uint KeyTtl = 3600;

    // Far above the record sets of any zone, so that no zone evicts its own signatures.
    private const int KeptSignatures = 16_000_000;

    // Signatures for made-up names in queries: about 30 MB at most.
    private const int TransientSignatures = 50_000;
    private const int FixedLength = 18;

    private readonly ImmutableArray<SigningKey> _dataKeys;
    private readonly ImmutableArray<SigningKey> _keyKeys;

    // Kept: record sets of the zone. Transient: names that exist only in queries, of which there is no end.
    private readonly SignatureCache _kept = new(KeptSignatures);
    private readonly SignatureCache _transient = new(TransientSignatures);

    /// <param name="origin">The zone.</param>
    /// <param name="keys">All keys of the zone.</param>
    /// <param name="now">The time that decides which of them sign.</param>
    public ZoneSigner(DnsName origin, ImmutableArray<SigningKey> keys, DateTimeOffset now)
    {
        Origin = origin;
        Keys = keys;
        _dataKeys = [.. keys.Where(k => k.SignsData && k.Times.IsActive(now))];
        _keyKeys = [.. keys.Where(k => k.SignsKeys && k.Times.IsPublished(now))];
        Published = [.. keys.Where(k => k.Times.IsPublished(now))];
        NextChange = keys.Select(k => k.Times.NextAfter(now)).Min();
        KeySets = [.. MakeKeySets(now)];
    }

    public DnsName Origin { get; }

    public ImmutableArray<SigningKey> Keys { get; }

    /// <summary>Keys whose DNSKEY is in the zone.</summary>
    public ImmutableArray<SigningKey> Published { get; }

    /// <summary>When the next key is published, activated, retired or removed, so that a new signer is due.</summary>
    public DateTimeOffset? NextChange { get; }

    /// <summary>The DNSKEY, CDS and CDNSKEY records (RFC 7344) that belong to the zone.</summary>
    public ImmutableArray<RecordSet> KeySets { get; }

    /// <summary>Whether there is a key for data and one for keys; without them nothing can be signed.</summary>
    public bool CanSign => !_dataKeys.IsEmpty && !_keyKeys.IsEmpty;

    /// <summary>Signatures that are kept now.</summary>
    public int Count => _kept.Count + _transient.Count;

    /// <summary>Finds the signatures over a form; null where they are yet to be made.</summary>
    internal Signatures? Find(ReadOnlySpan<byte> form, DateTimeOffset now, bool transient)
    {
        var found = (transient ? _transient : _kept).Find(form);
        if (found is null || found.ExpiresAt <= now.ToUnixTimeSeconds())
            return null;

        // Written once and not for every query: the entry is shared by all threads.
        if (!found.Used)
            found.Used = true;
        return found;
    }

    /// <summary>Makes the signatures over a form and keeps them.</summary>
    internal Signatures Sign(ReadOnlySpan<byte> form, DateTimeOffset now, bool transient)
    {
        var made = Make(form, now);
        (transient ? _transient : _kept).Add(form.ToArray(), made);
        return made;
    }

    /// <summary>Renews used signatures that expire soon and drops unused ones; returns how many were renewed.</summary>
    public int Renew(DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        var made = 0;
        foreach (var (form, signatures) in _kept.Entries.ToArray())
        {
            if (signatures.RenewAt > seconds)
                continue;
            if (!signatures.Used)
            {
                _kept.Remove(form);
                continue;
            }

            _kept.Add(form, Make(form, now));
            made++;
        }

        foreach (var (form, signatures) in _transient.Entries.Where(e => e.Value.RenewAt <= seconds).ToArray())
            _transient.Remove(form);
        return made;
    }

    private Signatures Make(ReadOnlySpan<byte> form, DateTimeOffset now)
    {
        var type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(form[(SigningForm.HeadLength(form) - 8)..]);
        var keys = type is RecordType.DNSKEY or RecordType.CDS or RecordType.CDNSKEY ? _keyKeys : _dataKeys;
        var inception = (now - Skew).ToUnixTimeSeconds();
        var expiration = (now + Validity).ToUnixTimeSeconds();
        var data = new byte[keys.Length][];
        for (var i = 0; i < keys.Length; i++)
            data[i] = Make(form, keys[i], (uint)inception, (uint)expiration);
        return new Signatures(data, (now + Validity - Renewal).ToUnixTimeSeconds(), expiration);
    }

    // RFC 4034 section 3.1: the data up to the signature, then every record in canonical form.
    private byte[] Make(ReadOnlySpan<byte> form, SigningKey key, uint inception, uint expiration)
    {
        var head = SigningForm.HeadLength(form);
        var owner = form[..(head - 8)];
        var rrsig = new byte[FixedLength + Origin.Canonical.Length];
        form.Slice(head - 8, 2).CopyTo(rrsig);
        rrsig[2] = key.Algorithm;
        rrsig[3] = LabelsOf(owner);
        form.Slice(head - 4, 4).CopyTo(rrsig.AsSpan(4));
        BinaryPrimitives.WriteUInt32BigEndian(rrsig.AsSpan(8), expiration);
        BinaryPrimitives.WriteUInt32BigEndian(rrsig.AsSpan(12), inception);
        BinaryPrimitives.WriteUInt16BigEndian(rrsig.AsSpan(16), key.Tag);
        Origin.Canonical.CopyTo(rrsig.AsSpan(FixedLength));

        var records = form[head..];
        var signed = new List<byte>(rrsig.Length + (4 * form.Length));
        signed.AddRange(rrsig);
        while (!records.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(records) + 2;
            signed.AddRange(form[..head]);
            signed.AddRange(records[..length]);
            records = records[length..];
        }

        return [.. rrsig, .. key.Key.Sign(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(signed))];
    }

    // Section 3.1.3: neither the root nor a leading asterisk counts.
    private static byte LabelsOf(ReadOnlySpan<byte> owner)
    {
        var labels = owner is [1, (byte)'*', ..] ? -1 : 0;
        for (; owner[0] != 0; owner = owner[(owner[0] + 1)..])
            labels++;
        return (byte)labels;
    }

    // RFC 7344: the parent may copy the DS from these. A key that is being retired is left out.
    private IEnumerable<RecordSet> MakeKeySets(DateTimeOffset now)
    {
        if (Published.IsEmpty)
            yield break;
        yield return new RecordSet(Origin, RecordType.DNSKEY, KeyTtl, [.. Published.Select(k => k.Dnskey)]);
        var entry = _keyKeys.Where(k => !(now >= k.Times.Retire)).ToImmutableArray();
        if (entry.IsEmpty)
            yield break;
        yield return new RecordSet(Origin, RecordType.CDS, KeyTtl, [.. entry.Select(k => k.Ds())]);
        yield return new RecordSet(Origin, RecordType.CDNSKEY, KeyTtl, [.. entry.Select(k => k.Dnskey)]);
    }
}
