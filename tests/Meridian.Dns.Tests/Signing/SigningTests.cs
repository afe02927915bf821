using System.Buffers.Binary;
using System.Security.Cryptography;
using Meridian.Dns.Answering;
using Meridian.Dns.Signing;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Signing;

public sealed class SigningTests
{
    private static readonly DnsName Origin = DnsName.Parse("example.org");
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(EcdsaKey.Number)]
    [InlineData(Ed25519Key.Number)]
    public void A_key_file_is_read_as_it_was_written(byte algorithm)
    {
        var key = SigningKey.Create(Origin, KeyRole.Zsk,
            new KeyTimes(Now, Now.AddHours(1), Now.AddHours(2), Now.AddDays(1), Now.AddDays(2)), algorithm);
        Assert.True(KeyFile.TryRead(KeyFile.Write(key), Origin, Now, out var read, out _));
        Assert.Equal(key.Times, read.Times);
        Assert.Equal(key.Role, read.Role);
        Assert.Equal(key.Dnskey, read.Dnskey);
        Assert.Equal(key.Tag, read.Tag);
    }

    [Fact]
    public void A_key_of_a_zone_with_a_slash_in_its_name_is_a_file()
    {
        var zone = DnsName.Parse("0/25.2.0.192.in-addr.arpa");
        var name = KeyFile.NameOf(SigningKey.Create(zone, KeyRole.Csk, KeyTimes.From(Now)));

        Assert.StartsWith("K0%2F25.2.0.192.in-addr.arpa.+013+", name);
        Assert.Equal(name, Path.GetFileName(name));
    }

    [Theory]
    [InlineData("Zone: example.net.\n", "is for example.net.")]
    [InlineData("Role: KING\n", "is no role")]
    [InlineData("Role: 7\n", "is no role")]
    [InlineData("Role: CSK,KSK\n", "is no role")]
    [InlineData("Publish: soon\n", "is not a time")]
    public void A_key_file_that_is_wrong_says_how(string line, string message)
    {
        var text = line + KeyFile.Write(SigningKey.Create(Origin, KeyRole.Csk, KeyTimes.From(Now))).Split('\n', 6)[5];
        Assert.False(KeyFile.TryRead(text, Origin, Now, out _, out var error));
        Assert.Contains(message, error);
    }

    [Theory]
    [InlineData("not a key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void A_file_that_holds_no_key_says_so(string text)
    {
        Assert.False(KeyFile.TryRead(text, Origin, Now, out _, out var error));
        Assert.Contains("no private key", error);
    }

    [Fact]
    public void A_signature_verifies_over_the_form_of_RFC_4034()
    {
        var key = SigningKey.Create(Origin, KeyRole.Csk, KeyTimes.From(Now));
        var signer = new ZoneSigner(Origin, [key], Now);
        var set = TestZones.Build("example.org", TestZones.Example)
            .Find(DnsName.Parse("www.example.org").Canonical)!.Find(RecordType.A)!;
        var form = SigningForm.Of(set.Owner.Canonical, set);
        var rrsig = signer.Sign(form, Now, transient: false).Data[0];

        Assert.Equal(3, rrsig[3]);
        Assert.Equal(60u, BinaryPrimitives.ReadUInt32BigEndian(rrsig.AsSpan(4)));
        byte[] signed = [.. rrsig[..^64],
            .. set.Data.Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))
            .SelectMany(d => (IEnumerable<byte>)[.. set.Owner.Canonical, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. d])];
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(key.Key.ToPem());
        Assert.True(ecdsa.VerifyData(signed, rrsig[^64..], HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    // Section 6.1.
    [Fact]
    public void Ed25519_gives_the_key_of_RFC_8080()
    {
        var seed = Convert.FromBase64String("ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=");
        byte[] pkcs8 = [.. Convert.FromHexString("302E020100300506032B657004220420"), .. seed];
        Assert.True(PrivateKey.TryRead(PemEncoding.WriteString("PRIVATE KEY", pkcs8), out var key, out _));
        Assert.Equal("l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", Convert.ToBase64String(key.PublicKey));
        Assert.Equal(3613, new SigningKey(DnsName.Parse("example.com"), KeyRole.Csk, KeyTimes.From(Now), key).Tag);
    }

    [Fact]
    public void The_order_of_addresses_does_not_matter_to_a_signature()
    {
        Span<byte> one = stackalloc byte[512], other = stackalloc byte[512];
        byte[] a = [9, 9, 9, 9, 1, 1, 1, 1, 5, 5, 5, 5], b = [5, 5, 5, 5, 9, 9, 9, 9, 1, 1, 1, 1];
        Assert.True(SigningForm.TryWrite(one, Origin.Wire, RecordType.A, 60, a, 4, out var length));
        Assert.True(SigningForm.TryWrite(other, Origin.Wire, RecordType.A, 60, b, 4, out _));
        Assert.True(one[..length].SequenceEqual(other[..length]));
    }

    [Fact]
    public void Absence_is_denied_compactly_and_the_code_is_kept_from_those_who_do_not_know()
    {
        var zones = new ZoneSet([TestZones.Signed("example.org", TestZones.Example)]);
        var plain = Ask("nothing.example.org", RecordType.A, 0x8000);
        Assert.Equal(0, plain.Code);
        byte[] next = [1, 0, .. DnsName.Parse("nothing.example.org").Wire];

        // RRSIG and NSEC in window 0, NXNAME (128) behind them.
        var bitmap = $"0011000000000003{new string('0', 20)}80";
        Assert.Contains($"nothing.example.org. 30 NSEC {Convert.ToHexString(next)}{bitmap}", plain.Authority);
        Assert.Equal(2, plain.Authority.Count(r => r.Contains(" RRSIG ", StringComparison.Ordinal)));
        Assert.Equal(3, Ask("nothing.example.org", RecordType.A, 0xC000).Code);
        Assert.Equal(3, Ask("nothing.example.org", RecordType.A, 0).Code);
        Assert.DoesNotContain(Ask("nothing.example.org", RecordType.A, 0).Authority,
            r => r.Contains("NSEC", StringComparison.Ordinal));

        Reply Ask(string name, RecordType type, ushort flags)
        {
            var query = new QueryBuilder(name, type) { Edns = true }.Build();
            BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(query.Length - 4), flags);
            return Reply.Parse(Asking.Send(query, zones));
        }
    }

    [Fact]
    public void A_query_whose_signature_is_missing_is_set_aside_and_then_found()
    {
        var zone = TestZones.Signed("example.org", TestZones.Example);
        var zones = new ZoneSet([zone]);
        var responder = new Responder(new ResponderOptions { DefersSlowMessages = true });
        var query = new QueryBuilder("www.example.org", RecordType.A) { Edns = true, DnssecOk = true }.Build();
        var response = new byte[1232];

        Assert.True(responder.Respond(zones, query, response,
            new Requester([192, 0, 2, 1], Transport.Udp, 1, Now)).IsDeferred);
        Assert.True(responder.Respond(zones, query, response,
            new Requester([192, 0, 2, 1], Transport.Udp, 1, Now) { CanWait = true }).Length > 0);
        var found = responder.Respond(zones, query, response, new Requester([192, 0, 2, 1], Transport.Udp, 1, Now));
        Assert.Contains(Reply.Parse(response.AsSpan(0, found.Length)).Answer,
            r => r.Contains(" RRSIG ", StringComparison.Ordinal));
    }

    [Fact]
    public void Signatures_are_renewed_a_week_before_they_end_and_those_unused_are_forgotten()
    {
        var signer = new ZoneSigner(Origin, [SigningKey.Create(Origin, KeyRole.Csk, KeyTimes.From(Now))], Now);
        var used = SigningForm.Of(Origin.Canonical, TestZones.Build("example.org", TestZones.Example).Soa);
        signer.Sign(used, Now, transient: false);
        Assert.Equal(0, signer.Renew(Now.AddDays(6)));
        Assert.Equal(1, signer.Renew(Now.AddDays(7)));
        Assert.NotNull(signer.Find(used, Now.AddDays(20), transient: false));
        Assert.Null(signer.Find(used, Now.AddDays(21), transient: false));
    }

    [Fact]
    public void A_ZSK_that_is_rolled_hands_over_without_a_gap()
    {
        var ksk = SigningKey.Create(Origin, KeyRole.Ksk, KeyTimes.From(Now));
        var old = SigningKey.Create(Origin, KeyRole.Zsk, KeyTimes.From(Now));
        var rolled = KeyRoll.Begin(Origin, [ksk, old], KeyRole.Zsk, Now.AddDays(1), TimeSpan.FromHours(2),
            TimeSpan.FromDays(1));
        SigningKey[] keys = [ksk, .. rolled];

        for (var hour = 0; hour < 72; hour++)
        {
            var at = Now.AddDays(1).AddHours(hour);
            Assert.Equal(1, keys.Count(k => k.Role == KeyRole.Zsk && k.Times.IsActive(at)));
            Assert.All(keys.Where(k => k.Times.IsActive(at)), k => Assert.True(k.Times.IsPublished(at)));
        }

        Assert.True(rolled[1].Times.IsPublished(Now.AddDays(2)));
        Assert.False(rolled[1].Times.IsPublished(Now.AddDays(3)));
    }

    [Fact]
    public async Task Signed_answers_that_were_made_ready_are_those_that_are_put_together()
    {
        var zone = TestZones.Signed("example.org", TestZones.Example);
        var zones = new ZoneSet([zone]);
        await using (var keeper = new SignatureKeeper(new Dns.Sockets.ZoneHolder { Current = zones },
            e => Assert.Fail(e.ToString()), TimeProvider.System))
        {
            var last = zone.Nodes.Last(n => n.IsAuthoritative && !n.Name.IsWildcard && n.Sets.Length > 0);
            await Wait.UntilAsync(() => last.ReadySigned(last.Sets.Length - 1, zone.Signer!) is not null,
                () => $"{last.Name} has no signed answers yet");
        }

        foreach (var node in zone.Nodes.Where(n => n.IsAuthoritative && !n.Name.IsWildcard))
        {
            for (var i = 0; i < node.Sets.Length; i++)
            {
                if (node.Sets[i].Type == RecordType.SOA)
                    continue;
                Assert.NotNull(node.ReadySigned(i, zone.Signer!));
                var query = new QueryBuilder(node.Name.ToString(), node.Sets[i].Type)
                {
                    Edns = true,
                    DnssecOk = true,
                }.Build();
                var ready = Asking.Send(query, zones);
                node.SetReadySigned(i, zone.Signer!, null);
                Assert.Equal(Convert.ToHexString(Asking.Send(query, zones)), Convert.ToHexString(ready));
            }
        }
    }
}
