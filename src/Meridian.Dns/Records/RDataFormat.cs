using System.Collections.Frozen;
using System.Net.Sockets;
using Meridian.Dns.Records.Fields;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>
/// What the data of a record type consists of. The one description serves reading master files, checking octets from
/// messages, expanding compressed names, and the form that is signed and compared.
/// </summary>
internal sealed class RDataFormat
{
    private static readonly FrozenDictionary<RecordType, RDataFormat> Formats = new Dictionary<RecordType, RDataFormat>
    {
        [RecordType.A] = new(new AddressField("an IPv4 address", AddressFamily.InterNetwork)),
        [RecordType.AAAA] = new(new AddressField("an IPv6 address", AddressFamily.InterNetworkV6)),
        [RecordType.NS] = new(new NameField("a target name")),
        [RecordType.CNAME] = new(new NameField("a target name")),
        [RecordType.PTR] = new(new NameField("a target name")),
        [RecordType.DNAME] = new(new NameField("a target name")),
        [RecordType.SOA] = new(new NameField("the primary name server"), new NameField("the contact"),
            new NumberField("the serial", 4), new TimeField("refresh"), new TimeField("retry"), new TimeField("expire"),
            new TimeField("minimum")),
        [RecordType.HINFO] = new(new TextField("a CPU"), new TextField("an operating system")),
        [RecordType.MINFO] = new(new NameField("a responsible mailbox"), new NameField("an error mailbox")),
        [RecordType.MX] = new(new NumberField("a preference", 2), new NameField("an exchange")),
        [RecordType.TXT] = new(new TextsField("a text")),
        [RecordType.SPF] = new(new TextsField("a text")),
        [RecordType.RP] = new(new NameField("a mailbox"), new NameField("a name with TXT records")),
        [RecordType.AFSDB] = new(new NumberField("a subtype", 2), new NameField("a host name")),
        [RecordType.RT] = new(new NumberField("a preference", 2), new NameField("an intermediate host")),
        [RecordType.KX] = new(new NumberField("a preference", 2), new NameField("an exchanger")),
        [RecordType.LOC] = new(new LocationField()),
        [RecordType.SRV] = new(new NumberField("a priority", 2), new NumberField("a weight", 2),
            new NumberField("a port", 2), new NameField("a target")),
        [RecordType.NAPTR] = new(new NumberField("an order", 2), new NumberField("a preference", 2),
            new TextField("flags"), new TextField("services"), new TextField("a regular expression"),
            new NameField("a replacement")),
        [RecordType.CERT] = new(new NumberField("a certificate type", 2, Mnemonics.CertificateTypes),
            new NumberField("a key tag", 2), Algorithm, new Base64Field("a certificate")),
        [RecordType.APL] = new(new PrefixesField()),
        [RecordType.DS] = Digest,
        [RecordType.CDS] = Digest,
        [RecordType.SSHFP] = new(new NumberField("an algorithm", 1), new NumberField("a fingerprint type", 1),
            new HexField("a fingerprint")),
        [RecordType.IPSECKEY] = new(new IpsecKeyField()),
        [RecordType.KEY] = Key,
        [RecordType.DNSKEY] = Key,
        [RecordType.CDNSKEY] = Key,
        [RecordType.DHCID] = new(new Base64Field("an identity")),
        [RecordType.NSEC3PARAM] = new(new NumberField("a hash algorithm", 1), new NumberField("flags", 1),
            new NumberField("iterations", 2), new SaltField("a salt")),
        [RecordType.TLSA] = Association,
        [RecordType.SMIMEA] = Association,
        [RecordType.OPENPGPKEY] = new(new Base64Field("a public key")),
        [RecordType.CSYNC] = new(new NumberField("a serial", 4), new NumberField("flags", 2), new TypesField()),
        [RecordType.ZONEMD] = new(new NumberField("a serial", 4), new NumberField("a scheme", 1),
            new NumberField("a hash algorithm", 1), new HexField("a digest")),
        [RecordType.SVCB] = Service,
        [RecordType.HTTPS] = Service,
        [RecordType.NID] = new(new NumberField("a preference", 2), new LocatorField("a node identifier")),
        [RecordType.L32] = new(new NumberField("a preference", 2),
            new AddressField("a locator like an IPv4 address", AddressFamily.InterNetwork)),
        [RecordType.L64] = new(new NumberField("a preference", 2), new LocatorField("a locator")),
        [RecordType.LP] = new(new NumberField("a preference", 2),
            new NameField("a name", isComparedInLowerCase: false)),
        [RecordType.EUI48] = new(new OctetPairsField("an address", 6)),
        [RecordType.EUI64] = new(new OctetPairsField("an address", 8)),
        [RecordType.URI] = new(new NumberField("a priority", 2), new NumberField("a weight", 2),
            new LongTextField("a target")),
        [RecordType.CAA] = new(new NumberField("flags", 1), new TagField("a tag"), new LongTextField("a value")),
    }.ToFrozenDictionary();

    private RDataFormat(params RDataField[] fields)
    {
        Fields = fields;
        LastName = Array.FindLastIndex(fields, f => f is NameField { IsComparedInLowerCase: true });
    }

    public RDataField[] Fields { get; }

    /// <summary>
    /// Index of the last name that may be compressed and is compared without regard to case; below 0 for none.
    /// </summary>
    public int LastName { get; }

    private static RDataField Algorithm => new NumberField("an algorithm", 1, Mnemonics.Algorithms);

    private static RDataFormat Digest => new(new NumberField("a key tag", 2), Algorithm,
        new NumberField("a digest type", 1), new HexField("a digest"));

    private static RDataFormat Key => new(new NumberField("flags", 2), new NumberField("a protocol", 1), Algorithm,
        new Base64Field("a public key"));

    private static RDataFormat Association => new(new NumberField("a usage", 1), new NumberField("a selector", 1),
        new NumberField("a matching type", 1), new HexField("certificate data"));

    private static RDataFormat Service => new(new NumberField("a priority", 2),
        new NameField("a target", isComparedInLowerCase: false), new ServiceParametersField());

    /// <summary>The format of a type; null where only the form of RFC 3597 is known.</summary>
    public static RDataFormat? Of(RecordType type) => Formats.GetValueOrDefault(type);

    /// <summary>
    /// Whether octets from a message, or in the form of RFC 3597, are whole data of their type. Types without a format
    /// may hold anything.
    /// </summary>
    public static bool IsValid(RecordType type, ReadOnlySpan<byte> data)
    {
        if (Of(type) is not { } format)
            return true;
        foreach (var field in format.Fields)
        {
            var length = field.LengthOf(data);
            if (length < 0 || length > data.Length)
                return false;
            data = data[length..];
        }

        return data.IsEmpty;
    }
}
