using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Meridian.Dns.Cookies;

/// <summary>
/// Makes and checks server cookies (RFC 7873) in the form that different server programs share (RFC 9018). A client
/// with a good cookie has received an answer at its address before, so the address is not forged.
/// </summary>
public sealed class CookieJar
{
    /// <summary>Octets of a client cookie.</summary>
    public const int ClientLength = 8;

    /// <summary>Octets of a server cookie.</summary>
    public const int ServerLength = 16;

    /// <summary>Octets of a secret.</summary>
    public const int SecretLength = 16;

    private const byte Version = 1;
    private const int TimeAt = 4;
    private const int HashAt = 8;

    // RFC 9018 section 4.3.
    private const int MaxAge = 3600;
    private const int MaxAhead = 300;
    private const int RenewAge = 1800;

    // The first secret makes cookies; the others are from before the last roll, or already in use on other servers.
    private volatile SecretList _secrets;

    /// <param name="secrets">Secrets of 16 octets, the current one first.</param>
    public CookieJar(ImmutableArray<byte[]> secrets) => _secrets = new SecretList(secrets);

    /// <summary>A jar with a random secret, which no other server knows.</summary>
    public static CookieJar Random() => new([RandomNumberGenerator.GetBytes(SecretLength)]);

    /// <summary>
    /// Rolls the secret: cookies of the previous one stay good until they are too old (RFC 9018 section 5).
    /// </summary>
    public void Roll() =>
        _secrets = new SecretList([RandomNumberGenerator.GetBytes(SecretLength), _secrets.Secrets[0]]);

    /// <summary>Replaces the secrets.</summary>
    public void Use(ImmutableArray<byte[]> secrets) => _secrets = new SecretList(secrets);

    /// <summary>Whether a server cookie was made by this server for this client, and is not too old.</summary>
    /// <param name="client">The client cookie, 8 octets.</param>
    /// <param name="server">The server cookie in the query.</param>
    /// <param name="address">The sender's address.</param>
    /// <param name="now">The time.</param>
    /// <param name="fresh">Whether the cookie is young enough to be sent back as it is.</param>
    public bool IsGood(ReadOnlySpan<byte> client, ReadOnlySpan<byte> server, ReadOnlySpan<byte> address,
        DateTimeOffset now, out bool fresh)
    {
        fresh = false;
        if (server.Length != ServerLength || server[0] != Version)
            return false;
        var age = (int)((uint)now.ToUnixTimeSeconds() - BinaryPrimitives.ReadUInt32BigEndian(server[TimeAt..]));
        if (age is > MaxAge or < -MaxAhead)
            return false;
        Span<byte> expected = stackalloc byte[sizeof(ulong)];
        foreach (var secret in _secrets.Secrets)
        {
            Hash(secret, client, server[..HashAt], address, expected);
            if (!CryptographicOperations.FixedTimeEquals(expected, server[HashAt..]))
                continue;
            fresh = age < RenewAge && ReferenceEquals(secret, _secrets.Secrets[0]);
            return true;
        }

        return false;
    }

    /// <summary>Writes a server cookie, 16 octets.</summary>
    public void Make(ReadOnlySpan<byte> client, ReadOnlySpan<byte> address, DateTimeOffset now, Span<byte> server)
    {
        server[..TimeAt].Clear();
        server[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(server[TimeAt..], (uint)now.ToUnixTimeSeconds());
        Hash(_secrets.Secrets[0], client, server[..HashAt], address, server[HashAt..]);
    }

    // RFC 9018 section 4.4: client cookie, version, reserved, time, and the address.
    private static void Hash(byte[] secret, ReadOnlySpan<byte> client, ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> address, Span<byte> hash)
    {
        Span<byte> input = stackalloc byte[ClientLength + HashAt + 16];
        client.CopyTo(input);
        head.CopyTo(input[ClientLength..]);
        address.CopyTo(input[(ClientLength + HashAt)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(hash,
            SipHash.Of(secret, input[..(ClientLength + HashAt + address.Length)]));
    }

    private sealed record SecretList(ImmutableArray<byte[]> Secrets);
}
