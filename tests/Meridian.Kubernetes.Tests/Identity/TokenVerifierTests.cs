using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Kubernetes.Identity;
using Meridian.TestCluster;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Kubernetes.Tests.Identity;

/// <summary>Tokens that should be believed, and attacks that should not.</summary>
public sealed class TokenVerifierTests : IDisposable
{
    private const string Issuer = "https://hk.example.com";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TestIssuer _issuer = new(Issuer);
    private readonly TestFolder _folder = new();
    private readonly TokenVerifier _verifier;
    private readonly TokenIssuer[] _believed;

    public TokenVerifierTests()
    {
        _verifier = new TokenVerifier(_time);
        _folder.Write("jwks.json", _issuer.Jwks);
        _believed = [new TokenIssuer(Issuer, "meridian", _folder.File("jwks.json"), null)];
    }

    [Fact]
    public async Task A_token_of_a_believed_issuer_names_its_account()
    {
        var result = await VerifyAsync(_issuer.Token(_time.GetUtcNow()));
        Assert.Equal(new TokenProof(_believed[0], new ServiceAccount("external-dns", "external-dns")),
            Assert.Single(result.Proofs));
    }

    [Fact]
    public async Task Attacks_are_refused_with_a_reason()
    {
        var now = _time.GetUtcNow();
        using var stranger = new TestIssuer(Issuer);
        using var lookalike = new TestIssuer("https://hk.example.com.evil.test");
        (string Token, string Reason)[] attacks =
        [
            ("", "it is not a JSON Web Token"),
            ("a.b.c", "it is not a JSON Web Token"),
            (new string('a', 20_000), "the token is longer than 16384 characters"),
            (_issuer.Token(now, algorithm: "none"), "the algorithm `none` is not accepted"),
            // the public key as the secret
            (_issuer.Token(now, algorithm: "HS256"), "the algorithm `HS256` is not accepted"),
            (stranger.Token(now), "the signature is wrong"), // the same key id, another key
            (stranger.Token(now, keyId: "other"), "the issuer has no key `other`"),
            (lookalike.Token(now), "no policy trusts the issuer `https://hk.example.com.evil.test`"),
            (_issuer.Token(now, issuer: Issuer + "/"), $"no policy trusts the issuer `{Issuer}/`"),
            (_issuer.Token(now, audience: "https://kubernetes.default.svc"),
                "the token is for `https://kubernetes.default.svc` and not for the audience `meridian`"),
            (_issuer.Token(now.AddHours(-2)), "the token expired at 2026-06-01 11:00:00Z"),
            (_issuer.Token(now.AddHours(1)), "the token is not valid before 2026-06-01 13:00:00Z"),
            (_issuer.Token(now, lifetime: null), "the token never expires, which is not accepted"),
            (_issuer.Token(now, subject: "admin"), "`admin` is not a service account"),
            (_issuer.Token(now, subject: "system:serviceaccount:external-dns"),
                "`system:serviceaccount:external-dns` is not a service account"),
            (Tampered(_issuer.Token(now)), "the signature is wrong"),
        ];
        foreach (var (token, reason) in attacks)
        {
            var result = await VerifyAsync(token);
            Assert.Empty(result.Proofs);
            Assert.Equal(reason, result.Refusal);
        }
    }

    [Fact]
    public async Task Clocks_may_differ_a_little()
    {
        Assert.Null((await VerifyAsync(_issuer.Token(_time.GetUtcNow().AddSeconds(20)))).Refusal);
        Assert.Null((await VerifyAsync(_issuer.Token(_time.GetUtcNow().AddHours(-1).AddSeconds(-20)))).Refusal);
        Assert.NotNull((await VerifyAsync(_issuer.Token(_time.GetUtcNow().AddHours(-1).AddSeconds(-40)))).Refusal);
    }

    [Fact]
    public async Task Keys_are_found_by_discovery_rotated_and_kept_while_the_issuer_is_away()
    {
        var issuer = new FakeIssuerServer(_issuer);
        using var verifier = new TokenVerifier(_time, issuer);
        TokenIssuer[] believed = [new TokenIssuer(Issuer, "meridian", null, null)];
        Assert.Null((await AskAsync(_issuer)).Refusal);
        for (var i = 0; i < 20; i++)
            await AskAsync(_issuer, "unknown");
        Assert.InRange(issuer.Asked, 1, 2); // a storm of unknown keys asks nobody

        using var next = new TestIssuer(Issuer, "next");
        issuer.Current = next;
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null((await AskAsync(next)).Refusal);
        // rotated away
        Assert.NotNull((await AskAsync(_issuer)).Refusal);

        issuer.Current = null;
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Null((await AskAsync(next)).Refusal);
        _time.Advance(TimeSpan.FromHours(23));
        Assert.Contains("the keys of https://hk.example.com are not known",
            (await AskAsync(next)).Refusal, StringComparison.Ordinal);

        Task<TokenResult> AskAsync(TestIssuer of, string? keyId = null) =>
            verifier.VerifyAsync(of.Token(_time.GetUtcNow(), keyId: keyId), believed, NoCluster, default);
    }

    [Fact]
    public async Task A_discovery_document_of_another_issuer_is_not_believed()
    {
        using var verifier = new TokenVerifier(_time, new FakeIssuerServer(_issuer) { Named = "https://evil.test" });
        var result = await verifier.VerifyAsync(_issuer.Token(_time.GetUtcNow()),
            [new TokenIssuer(Issuer, "meridian", null, null)], NoCluster, default);
        Assert.Contains("the discovery document names another issuer", result.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reviewed_by_its_cluster_a_token_ends_with_its_account()
    {
        await using var server = await SmallApiServer.StartAsync();
        var exists = true;
        var audiences = new JsonArray("meridian");
        server.Review = _ => exists ? new JsonObject
        {
            ["authenticated"] = true,
            ["audiences"] = audiences.DeepClone(),
            ["user"] = new JsonObject { ["username"] = "system:serviceaccount:external-dns:external-dns" },
        } : null;
        using var client = new ClusterClient(ClusterConfiguration.Text("test",
            Encoding.UTF8.GetBytes(server.Kubeconfig)));
        TokenIssuer[] believed = [new TokenIssuer(Issuer, "meridian", null, "hk")];
        var token = _issuer.Token(_time.GetUtcNow());
        Assert.Equal(new ServiceAccount("external-dns", "external-dns"),
            Assert.Single((await AskAsync(token, believed)).Proofs).Account);

        // A cluster that is named, whatever issuer the token names.
        TokenIssuer[] cluster = [new TokenIssuer(null, "meridian", null, "hk")];
        Assert.Equal(cluster[0], Assert.Single(
            (await AskAsync(_issuer.Token(_time.GetUtcNow(), issuer: "https://other.example"), cluster)).Proofs)
            .Issuer);
        exists = false;
        Assert.Null((await AskAsync(token, believed)).Refusal); // remembered for a moment
        _time.Advance(TokenVerifier.ReviewFresh);
        Assert.Equal("the cluster says: invalid bearer token",
            (await AskAsync(token, believed)).Refusal);

        // A server that ignores audiences would let any token pass.
        exists = true;
        audiences.Clear();
        _time.Advance(TokenVerifier.ReviewFresh);
        Assert.Equal("the token is not for the audience `meridian`",
            (await AskAsync(token, believed)).Refusal);
        await server.StopAsync();
        _time.Advance(TokenVerifier.ReviewFresh);
        Assert.StartsWith("cluster hk cannot be asked now",
            (await AskAsync(token, believed)).Refusal, StringComparison.Ordinal);

        Task<TokenResult> AskAsync(string shown, TokenIssuer[] issuers) =>
            _verifier.VerifyAsync(shown, issuers, _ => client, default);
    }

    [Fact]
    public async Task Clusters_that_share_the_text_of_an_issuer_are_told_apart_by_their_keys()
    {
        using var other = new TestIssuer(Issuer); // kubeadm gives every cluster the same text, and keys have no names
        _folder.Write("other.json", other.Jwks);
        var second = new TokenIssuer(Issuer, "meridian", _folder.File("other.json"), null);
        TokenIssuer[] both = [_believed[0], second];
        Assert.Equal(_believed[0],
            Assert.Single((await AskAsync(_issuer.Token(_time.GetUtcNow()))).Proofs).Issuer);
        Assert.Equal(second, Assert.Single((await AskAsync(other.Token(_time.GetUtcNow()))).Proofs).Issuer);
        using var stranger = new TestIssuer(Issuer);
        Assert.Equal($"{both[0]}: the signature is wrong; {both[1]}: the signature is wrong",
            (await AskAsync(stranger.Token(_time.GetUtcNow()))).Refusal);

        Task<TokenResult> AskAsync(string token) => _verifier.VerifyAsync(token, both, NoCluster, default);
    }

    [Fact]
    public async Task What_proves_a_token_twice_is_said_twice()
    {
        _folder.Write("copy.json", _issuer.Jwks);
        TokenIssuer[] both = [_believed[0], _believed[0] with { JwksFile = _folder.File("copy.json") }];
        var result = await _verifier.VerifyAsync(_issuer.Token(_time.GetUtcNow()), both, NoCluster, default);
        Assert.Equal(both, result.Proofs.Select(p => p.Issuer));
    }

    [Fact]
    public async Task Every_cluster_that_shares_an_issuer_is_asked_and_one_that_is_away_holds_up_nobody()
    {
        await using var hk = await SmallApiServer.StartAsync();
        await using var vn = await SmallApiServer.StartAsync();
        vn.Review = _ => new JsonObject
        {
            ["authenticated"] = true,
            ["audiences"] = new JsonArray("meridian"),
            ["user"] = new JsonObject { ["username"] = "system:serviceaccount:n:a" },
        };
        using var first = new ClusterClient(ClusterConfiguration.Text("hk", Encoding.UTF8.GetBytes(hk.Kubeconfig)));
        using var second = new ClusterClient(ClusterConfiguration.Text("vn", Encoding.UTF8.GetBytes(vn.Kubeconfig)));
        TokenIssuer[] all =
            [.. new[] { "hk", "vn", "gone" }.Select(c => new TokenIssuer(Issuer, "meridian", null, c))];
        var result = await _verifier.VerifyAsync(_issuer.Token(_time.GetUtcNow()), all,
            name => name switch { "hk" => first, "vn" => second, _ => null }, default);
        Assert.Equal(new TokenProof(all[1], new ServiceAccount("n", "a")), Assert.Single(result.Proofs));
    }

    [Fact]
    public async Task Random_octets_are_refused_and_throw_nothing()
    {
        var random = new Random(7);
        var good = _issuer.Token(_time.GetUtcNow());
        for (var i = 0; i < 2000; i++)
        {
            var mutated = good.ToCharArray();
            for (var j = random.Next(1, 6); j > 0; j--)
                mutated[random.Next(mutated.Length)] = (char)random.Next(32, 127);
            var text = new string(mutated);
            if (text != good)
                // the last character has bits to spare
                Assert.True((await VerifyAsync(text)).Refusal is not null
                    || text.Split('.')[2][..^1] == good.Split('.')[2][..^1], text);
        }
    }

    public void Dispose()
    {
        _verifier.Dispose();
        _issuer.Dispose();
        _folder.Dispose();
    }

    private static ClusterClient? NoCluster(string name) => null;

    private Task<TokenResult> VerifyAsync(string token) => _verifier.VerifyAsync(token, _believed, NoCluster, default);

    private static string Tampered(string token)
    {
        var parts = token.Split('.');
        var payload = JsonNode.Parse(TestIssuer.Decode(parts[1]))!;
        payload["sub"] = "system:serviceaccount:kube-system:admin";
        return $"{parts[0]}.{TestIssuer.Encode(Encoding.UTF8.GetBytes(payload.ToJsonString()))}.{parts[2]}";
    }

    private sealed class FakeIssuerServer(TestIssuer issuer) : HttpMessageHandler
    {
        public TestIssuer? Current { get; set; } = issuer;

        public string Named { get; init; } = Issuer;

        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request,
            CancellationToken cancellationToken)
        {
            if (Current is null)
                throw new HttpRequestException("Connection refused");
            var discovery = request.RequestUri!.AbsolutePath == "/.well-known/openid-configuration";
            Asked += discovery ? 1 : 0;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(discovery
                    ? new JsonObject { ["issuer"] = Named, ["jwks_uri"] = $"{Issuer}/openid/v1/jwks" }.ToJsonString()
                    : Current.Jwks),
            });
        }
    }
}
