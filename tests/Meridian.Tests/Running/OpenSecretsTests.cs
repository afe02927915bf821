using Meridian.Gateway;
using Meridian.Model;
using Meridian.Running;

namespace Meridian.Tests.Running;

public sealed class OpenSecretsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void A_secret_that_everybody_can_read_is_warned_of()
    {
        var open = Secret("open", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var closed = Secret("closed", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var options = new NodeOptions
        {
            Configuration = [],
            StateFolder = _folder.Path,
            SecretFiles = [open, closed, open, Path.Combine(_folder.Path, "missing")],
        };

        Assert.Equal([$"{open} holds a secret and can be read by everybody on this machine; chmod o-r {open}"],
            OpenSecrets.Of(options, ResourceSet.Empty));
    }

    [Fact]
    public void What_Kubernetes_mounts_is_seen_by_its_pod_alone()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "..2026"));
        Secret("..2026/token", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var link = Path.Combine(_folder.Path, "token");
        File.CreateSymbolicLink(link, "..2026/token");

        Assert.Empty(OpenSecrets.Of(new NodeOptions
        {
            Configuration = [],
            StateFolder = _folder.Path,
            SecretFiles = [link],
        }, ResourceSet.Empty));
    }

    [Fact]
    public void Keys_of_certificates_and_zones_are_secrets_and_their_public_parts_are_not()
    {
        var beside = Secret("gateway/a.crt", Everybody, "-----BEGIN CERTIFICATE-----");
        var key = Secret("gateway/a.key", Everybody, PrivateKey);
        var inside = Secret("gateway/b.pem", Everybody, $"-----BEGIN CERTIFICATE-----\n{PrivateKey}");
        var single = Secret("single/c.crt", Everybody, "-----BEGIN CERTIFICATE-----");
        var singleKey = Secret("single/c.key", Everybody, PrivateKey);
        var zone = Secret("keys/Kexample.org.+013+1.pem", Everybody, PrivateKey);
        Secret("keys/README", Everybody, "no key");

        Assert.Equal([key, inside, zone, singleKey], Found("Zone z {origin: example.org, "
            + $"nameServers: [{{name: ns.example.net}}], dnssec: {{keys: {Folder("keys")}}}}}",
            new GatewayOptions { Certificates = [Folder("gateway"), single] }));
        Assert.Equal([key], Found("", new GatewayOptions { Certificates = [beside] }));
    }

    [Theory]
    [InlineData("TsigKey k {secret: c2VjcmV0}", true)]
    [InlineData("HealthCheck h {http: {path: /, headers: {authorization: Bearer x}}}", true)]
    [InlineData("HealthCheck h {http: {path: /, headers: {Accept: text/plain}}}", false)]
    public void A_configuration_that_holds_a_secret_is_one(string resource, bool warned) =>
        Assert.Equal(warned ? [Path.Combine(_folder.Path, "c.yaml")] : [], Found(resource));

    [Fact]
    public void Kubeconfigs_files_of_TSIG_secrets_and_the_state_are_secrets()
    {
        var state = Secret("meridian.db", Everybody);
        var (own, other, tsig) = (Secret("own", Everybody), Secret("other", Everybody), Secret("tsig", Everybody));

        Assert.Equal(new[] { own, other, tsig, state }.Order(),
            Found($"Cluster hk {{access: {{file: {other}}}}}\nTsigKey k {{secretFile: {tsig}}}", kubeconfig: own));
    }

    [Fact]
    public void A_secret_is_told_once_and_one_that_a_reload_brings_when_it_comes()
    {
        var told = new List<string>();
        var open = Secret("first", Everybody);
        var resources = ResourceSet.Empty;
        var watch = new SecretWatch(new NodeOptions
        {
            Configuration = [],
            StateFolder = _folder.Path,
            SecretFiles = [open],
        }, () => resources, told.Add);

        watch.Check();
        watch.Check();
        Assert.StartsWith($"{open} holds a secret", Assert.Single(told));
        resources = Resources($"TsigKey k {{secretFile: {Secret("second file", Everybody)}}}");
        watch.Check();
        watch.Check();

        Assert.EndsWith($"chmod o-r '{Path.Combine(_folder.Path, "second file")}'", told[1]);
        Assert.Equal(2, told.Count);
    }

    public void Dispose() => _folder.Dispose();

    private const string PrivateKey = "-----BEGIN PRIVATE KEY-----";

    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.OtherRead;

    private string Folder(string name) => Path.Combine(_folder.Path, name);

    private string[] Found(string resources, GatewayOptions? gateway = null, string? kubeconfig = null) =>
    [
        .. OpenSecrets.Of(new NodeOptions
        {
            Configuration = [],
            StateFolder = _folder.Path,
            Gateway = gateway,
            Kubernetes = kubeconfig is null ? null : new KubernetesOptions(kubeconfig, null, null),
        }, Resources(resources)).Select(w => w.Split(" holds a secret")[0]).Order(StringComparer.Ordinal),
    ];

    private ResourceSet Resources(string lines)
    {
        var file = Secret("c.yaml", Everybody, string.Concat(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(' ', 3)).Select(p => TestYaml.Part(p[0], p[1], p[2]))));
        return ConfigurationReader.ReadPaths([file], allowEmpty: true).Resources;
    }

    private string Secret(string name, UnixFileMode mode, string text = "secret")
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
        return path;
    }
}
