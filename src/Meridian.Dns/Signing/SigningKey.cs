using System.Buffers.Binary;
using System.Security.Cryptography;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>A key of a zone, its role and its times.</summary>
public sealed class SigningKey
{
    private const ushort ZoneKeyFlag = 0x0100;
    private const ushort SecureEntryPointFlag = 0x0001;
    private const byte Protocol = 3;
    private const byte Sha256Digest = 2;

    public SigningKey(DnsName zone, KeyRole role, KeyTimes times, PrivateKey key)
    {
        Zone = zone;
        Role = role;
        Times = times;
        Key = key;
        Dnskey = MakeDnskey(role, key);
        Tag = TagOf(Dnskey);
    }

    public DnsName Zone { get; }

    public KeyRole Role { get; }

    public KeyTimes Times { get; }

    public PrivateKey Key { get; }

    /// <summary>Data of its DNSKEY record (RFC 4034 section 2).</summary>
    public byte[] Dnskey { get; }

    /// <summary>RFC 4034 appendix B.</summary>
    public ushort Tag { get; }

    public byte Algorithm => Key.Algorithm;

    public bool SignsKeys => Role != KeyRole.Zsk;

    public bool SignsData => Role != KeyRole.Ksk;

    /// <summary>Makes a key.</summary>
    public static SigningKey Create(DnsName zone, KeyRole role, KeyTimes times, byte algorithm = EcdsaKey.Number) =>
        new(zone, role, times, PrivateKey.Create(algorithm)
            ?? throw new ArgumentOutOfRangeException(nameof(algorithm)));

    /// <summary>Data of a DS record with SHA-256 (RFC 4509); a CDS record has the same.</summary>
    public byte[] Ds()
    {
        var digest = SHA256.HashData([.. Zone.Canonical, .. Dnskey]);
        return [(byte)(Tag >> 8), (byte)Tag, Algorithm, Sha256Digest, .. digest];
    }

    private static byte[] MakeDnskey(KeyRole role, PrivateKey key)
    {
        var data = new byte[4 + key.PublicKey.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data,
            (ushort)(ZoneKeyFlag | (role == KeyRole.Zsk ? 0 : SecureEntryPointFlag)));
        data[2] = Protocol;
        data[3] = key.Algorithm;
        key.PublicKey.CopyTo(data, 4);
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
