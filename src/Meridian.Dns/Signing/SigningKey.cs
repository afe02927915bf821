using System.Buffers.Binary;
using System.Security.Cryptography;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>A private key of a zone, ECDSA on P-256 with SHA-256 (algorithm 13, RFC 6605), and when it does what.</summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>ECDSAP256SHA256.</summary>
    public const byte Algorithm = 13;

    private const int CoordinateLength = 32;
    private const ushort ZoneKeyFlag = 0x0100;
    private const ushort SecureEntryPointFlag = 0x0001;
    private const byte Protocol = 3;

    // An ECDsa object is not made for several threads at once.
    private readonly ThreadLocal<ECDsa> _keys;

    public SigningKey(DnsName zone, KeyRole role, KeyTimes times, ECParameters parameters)
    {
        Zone = zone;
        Role = role;
        Times = times;
        Parameters = parameters;
        _keys = new ThreadLocal<ECDsa>(() => ECDsa.Create(parameters), trackAllValues: true);
        Dnskey = MakeDnskey(role, parameters);
        Tag = TagOf(Dnskey);
    }

    public DnsName Zone { get; }

    public KeyRole Role { get; }

    public KeyTimes Times { get; }

    public ECParameters Parameters { get; }

    /// <summary>Data of its DNSKEY record (RFC 4034 section 2).</summary>
    public byte[] Dnskey { get; }

    /// <summary>RFC 4034 appendix B.</summary>
    public ushort Tag { get; }

    public bool SignsKeys => Role != KeyRole.Zsk;

    public bool SignsData => Role != KeyRole.Ksk;

    public static SigningKey Create(DnsName zone, KeyRole role, KeyTimes times)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningKey(zone, role, times, key.ExportParameters(includePrivateParameters: true));
    }

    /// <summary>Data of a DS record with SHA-256 (RFC 4509); a CDS record has the same.</summary>
    public byte[] Ds()
    {
        var digest = SHA256.HashData([.. Zone.Canonical, .. Dnskey]);
        return [(byte)(Tag >> 8), (byte)Tag, Algorithm, 2, .. digest];
    }

    /// <summary>Signs octets: r and s, 32 octets each (RFC 6605 section 4).</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) =>
        _keys.Value!.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose()
    {
        foreach (var key in _keys.Values)
            key.Dispose();
        _keys.Dispose();
    }

    private static byte[] MakeDnskey(KeyRole role, ECParameters parameters)
    {
        var flags = ZoneKeyFlag | (role == KeyRole.Zsk ? 0 : SecureEntryPointFlag);
        var data = new byte[4 + (2 * CoordinateLength)];
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)flags);
        data[2] = Protocol;
        data[3] = Algorithm;
        parameters.Q.X!.CopyTo(data, 4);
        parameters.Q.Y!.CopyTo(data, 4 + CoordinateLength);
        return data;
    }

    private static ushort TagOf(byte[] dnskey)
    {
        var sum = 0u;
        for (var i = 0; i < dnskey.Length; i++)
            sum += i % 2 == 0 ? (uint)dnskey[i] << 8 : dnskey[i];
        return (ushort)(sum + (sum >> 16));
    }
}
