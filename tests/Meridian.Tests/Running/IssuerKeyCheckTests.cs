using System.Security.Cryptography;
using Meridian.Running;
using Microsoft.IdentityModel.Tokens;

namespace Meridian.Tests.Running;

public sealed class IssuerKeyCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_policies_with_the_same_key_in_two_files_are_refused_for_they_cannot_be_told_apart()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write("hk.jwks", ("k1", key));
        Write("vn.jwks", ("own", own), ("other-name", key));

        var loaded = Load(Policy("hk", "hk.jwks", "external-dns"), Policy("vn", "vn.jwks", "'*'"));

        var fault = Assert.Single(loaded.Faults);
        var folder = _folder.Path;
        Assert.Equal($"{folder}/meridian.yaml:9:1: error: AccessPolicy `vn` and AccessPolicy `hk` cannot be told "
            + $"apart: both believe the key `other-name` (it is in {folder}/vn.jwks and in {folder}/hk.jwks) of "
            + "the issuer https://kubernetes.default.svc, and both name the service account dns/*; "
            + "give each the keys of its own cluster alone", fault.ToString());
    }

    [Fact]
    public void Clusters_that_share_the_text_of_their_issuer_alone_are_sound()
    {
        using var hk = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var vn = RSA.Create(2048);
        Write("hk.jwks", ("k1", hk));
        Write("vn.jwks", ("k1", vn));

        var loaded = Load(Policy("hk", "hk.jwks", "external-dns"), Policy("vn", "vn.jwks", "external-dns"));

        Assert.Empty(loaded.Faults);
        Assert.Empty(loaded.Warnings);
    }

    [Fact]
    public void Policies_of_one_cluster_may_share_keys_where_they_name_other_accounts()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write("a.jwks", ("k1", key));
        Write("b.jwks", ("k1", key));

        Assert.Empty(Load(Policy("a", "a.jwks", "external-dns"), Policy("b", "b.jwks", "viewer")).Faults);
    }

    [Fact]
    public void Two_agents_with_one_account_by_the_same_key_are_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write("a.jwks", ("k1", key));
        Write("b.jwks", ("k1", key));

        var fault = Assert.Single(Load(Agent("a"), Agent("b")).Faults);
        Assert.StartsWith("TunnelAgent `b` and TunnelAgent `a` cannot be told apart: ", fault.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "there is no such file")]
    [InlineData("folder", "is a folder")]
    [InlineData("empty", "holds no key")]
    public void Keys_that_cannot_be_read_are_a_warning_since_a_node_may_have_them(string file, string reason)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "folder"));
        File.WriteAllText(Path.Combine(_folder.Path, "empty"), """{"keys":[]}""");

        var loaded = Load(Policy("hk", file, "external-dns"));

        Assert.Empty(loaded.Faults);
        var warning = Assert.Single(loaded.Warnings);
        Assert.StartsWith("AccessPolicy `hk` refuses every token until its keys can be read: ", warning.Message,
            StringComparison.Ordinal);
        Assert.Contains(reason, warning.Message, StringComparison.Ordinal);
    }

    private static string Policy(string name, string file, string account) => $$"""
        apiVersion: meridian.dev/v1alpha1
        kind: AccessPolicy
        metadata: {name: {{name}}}
        spec:
          issuer: https://kubernetes.default.svc
          jwksFile: {{file}}
          subjects: [{namespace: dns, serviceAccount: {{account}}}]
        """;

    private static string Agent(string name) => $$"""
        apiVersion: meridian.dev/v1alpha1
        kind: TunnelAgent
        metadata: {name: {{name}}}
        spec:
          publishes: ["*"]
          identity:
            serviceAccount:
              issuer: https://kubernetes.default.svc
              jwksFile: {{name}}.jwks
              namespace: tunnels
              name: agent
        """;

    private LoadedConfiguration Load(params string[] documents)
    {
        var file = Path.Combine(_folder.Path, "meridian.yaml");
        File.WriteAllText(file, string.Join("\n---\n", documents));
        return LoadedConfiguration.Load([file]);
    }

    private void Write(string file, params (string Id, AsymmetricAlgorithm Key)[] keys) => File.WriteAllText(
        Path.Combine(_folder.Path, file), $$"""{"keys":[{{string.Join(',', keys.Select(k => Jwk(k.Id, k.Key)))}}]}""");

    private static string Jwk(string id, AsymmetricAlgorithm key)
    {
        var fields = key switch
        {
            ECDsa ec when ec.ExportParameters(false) is var p =>
                $$""" "kty":"EC","crv":"P-256","x":"{{Text(p.Q.X)}}","y":"{{Text(p.Q.Y)}}" """,
            RSA rsa when rsa.ExportParameters(false) is var p =>
                $$""" "kty":"RSA","n":"{{Text(p.Modulus)}}","e":"{{Text(p.Exponent)}}" """,
            _ => throw new ArgumentException("no such key", nameof(key)),
        };
        return $$"""{"kid":"{{id}}","use":"sig",{{fields}}}""";
    }

    private static string Text(byte[]? octets) => Base64UrlEncoder.Encode(octets);
}
