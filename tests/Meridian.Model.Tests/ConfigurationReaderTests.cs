using CsCheck;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Tests;

public sealed class ConfigurationReaderTests
{
    [Fact]
    public void Reads_every_kind()
    {
        var configuration = ConfigurationReader.ReadText("f.yaml", Examples.Sound);

        Assert.Empty(configuration.Faults);
        var pool = configuration.Resources.Pools["vn"];
        Assert.Equal(PoolPolicy.Weighted, pool.Policy);
        Assert.Equal(new CountOrPercent(50, true), pool.MinHealthy);
        Assert.Equal(3, pool.Addresses[0].Weight);
        var check = configuration.Resources.HealthChecks["web"];
        Assert.Equal(TimeSpan.FromMilliseconds(250), check.ConfirmInterval);
        Assert.Equal(["200-299", "401"], check.Http!.ExpectedStatus);
        Assert.Equal("meridian", check.Http.Headers["x-probe"]);
        Assert.Equal(HttpScheme.Https, check.Http.Scheme);
        Assert.True(check.Watches);
        Assert.Equal(TimeSpan.FromSeconds(2), configuration.Resources.Endpoints[0].EffectiveMinTtl);
    }

    [Theory]
    [InlineData("metadata: {name: web}", "metadata: {name: web}\nspecs: 1",
        "f.yaml:22:1: error: unknown field `specs`; did you mean `spec`?")]
    [InlineData("interval: 5s", "intervall: 5s", "error: unknown field `intervall`; did you mean `interval`?")]
    [InlineData("healthCheck: web", "helthCheck: web",
        "error: unknown field `helthCheck`; did you mean `healthCheck`?")]
    [InlineData("kind: HealthCheck", "kind: HealtCheck", "did you mean `HealthCheck`?")]
    [InlineData("healthCheck: web", "healthCheck: wep", "there is no HealthCheck named `wep`; did you mean `web`?")]
    [InlineData("site: hanoi", "site: hanoy", "there is no Site named `hanoy`; did you mean `hanoi`?")]
    [InlineData("{pool: vn, weight", "{pool: vm, weight", "there is no AddressPool named `vm`; did you mean `vn`?")]
    [InlineData("policy: Weighted", "policy: Weigted", "did you mean `Weighted`?")]
    [InlineData("interval: 5s", "interval: 5",
        "wants a duration such as 500ms, 15s or 2m, and this is the number 5; write a unit: 5s")]
    [InlineData("interval: 5s", "interval: 50ms", "`interval` is 50ms and must be between 100ms and 1d")]
    [InlineData("timeout: 1s", "timeout: 2m", "must be between 10ms and 1m")]
    [InlineData("unhealthyThreshold: 2", "unhealthyThreshold: 0", "must be between 1 and 100")]
    [InlineData("unhealthyThreshold: 2", "unhealthyThreshold: \"2\"", "wants a whole number")]
    [InlineData("confirmInterval: 250ms", "confirmInterval: 10s", "must not be longer than the interval")]
    [InlineData("port: 443", "port: 70000", "must be between 1 and 65535")]
    [InlineData("expectedStatus: [\"200-299\", \"401\"]", "expectedStatus: [200]", "write it in quotes: \"200\"")]
    [InlineData("expectedStatus: [\"200-299\", \"401\"]", "expectedStatus: [\"299-200\"]", "is not a status")]
    [InlineData("path: /health", "path: health", "must start with `/`")]
    [InlineData("scheme: https", "scheme: http", "`tls` is given and `scheme` is http")]
    [InlineData("minHealthy: 50%", "minHealthy: 3", "only 2 addresses are enabled")]
    [InlineData("minHealthy: 50%", "minHealthy: 0", "at least 1")]
    [InlineData("minHealthy: 50%", "minHealthy: many", "wants a count such as 2, or a percentage")]
    [InlineData("value: 203.0.113.11", "value: eu.example.net", "mixes host names and IP addresses")]
    [InlineData("value: 203.0.113.11", "value: 203.0.113.10", "is in the pool twice")]
    [InlineData("value: 203.0.113.11", "value: 203.0.113.11:80", "holds a port; write {value: 203.0.113.11, port: 80}")]
    [InlineData("expectedStatus: [\"200-299\", \"401\"]", "expectedStatus: 200",
        "wants a list, and this is the number 200; write [\"200\"]")]
    [InlineData("  interval: 5s", "\tinterval: 5s", "f.yaml:23:")]
    [InlineData("value: 203.0.113.11", "value: \"-bad-\"", "starts or ends with `-`")]
    [InlineData("hostname: kokoro.ai.example.com", "hostname: kokoro.example.net",
        "is outside every zone; there are ai.example.com")]
    [InlineData("hostname: kokoro.ai.example.com", "hostname: www.ai.example.com",
        "is owned twice: Zone `ai` has a A record there")]
    [InlineData("hostname: kokoro.ai.example.com", "hostname: ns1.ai.example.com",
        "is owned twice: it is a name server")]
    [InlineData("sourceMap: lines", "sourceMap: lanes", "there is no SourceMap named `lanes`; did you mean `lines`?")]
    [InlineData("policy: SourceMap\n  sourceMap: lines", "policy: Failover\n  sourceMap: lines",
        "the policy is Failover")]
    [InlineData("policy: SourceMap\n  sourceMap: lines", "policy: LeastLoud", "wants one of Nearest, SourceMap")]
    [InlineData("networks: [198.51.100.0/24]", "networks: [198.51.100.7/24]",
        "has bits set beyond the prefix length; write 198.51.100.0/24")]
    [InlineData("countries: [VN]", "countries: [Vietnam]", "is not a country code")]
    [InlineData("continents: [AS]", "continents: [XX]", "is not a continent")]
    [InlineData("latitude: 21.03", "latitude: 121", "must be between -90 and 90")]
    [InlineData("type: TXT, data: [\"v=spf1 -all\"]", "type: CNAME, data: [www]",
        "a CNAME cannot stand at the zone's origin")]
    [InlineData("name: \"@\", type: TXT", "name: www, type: CNAME", "a CNAME and other data")]
    [InlineData("contact: hostmaster.example.com", "contact: hostmaster@example.com", "write the mailbox with a dot")]
    [InlineData("apiVersion: meridian.dev/v1alpha1\nkind: Site", "apiVersion: v1\nkind: Site",
        "`apiVersion` must be meridian.dev/v1alpha1")]
    [InlineData("metadata: {name: hanoi}", "metadata: {name: Hanoi}", "lower-case letters")]
    [InlineData("metadata: {name: hanoi}", "metadata: {}", "`metadata.name` is missing")]
    [InlineData("spec: {latitude: 21.03, longitude: 105.85, country: VN}", "spec: {latitude: 21.03}",
        "field `longitude` is missing")]
    public void Says_what_is_wrong_and_where(string good, string bad, string message)
    {
        Assert.Contains(good, Examples.Sound.ReplaceLineEndings("\n"));

        var faults = ConfigurationReader.ReadText("f.yaml",
            Examples.Sound.ReplaceLineEndings("\n").Replace(good, bad)).Faults;

        Assert.Contains(faults, f => f.ToString().Contains(message, StringComparison.Ordinal));
        Assert.All(faults, f => Assert.True(f.Where.Line > 0, f.ToString()));
    }

    [Theory]
    [InlineData("ttl: 5s\n  minTtl: 10s", "`minTtl` is 10s and must not be longer than `ttl`, 5s")]
    [InlineData("whenAllDown: Fallback", "needs `fallback: {addresses: […]}`")]
    [InlineData("fallback: {addresses: [192.0.2.9]}", "write `whenAllDown: Fallback`")]
    [InlineData("whenAllDown: Fallback\n  fallback: {addresses: [192.0.2.9, sorry.example.net]}",
        "exactly one host name")]
    [InlineData("maxAnswers: 65", "must be between 1 and 64")]
    [InlineData("recovery: {ramp: 2}", "wants a duration")]
    [InlineData("guard: {maxRemoved: 0}", "must be above 0")]
    public void Checks_the_fields_of_an_endpoint_against_each_other(string fields, string message)
    {
        var text = Examples.Sound.ReplaceLineEndings("\n")
            .Replace("  sourceMap: lines\n", $"  sourceMap: lines\n  {fields}\n");

        Assert.Contains(ConfigurationReader.ReadText("f.yaml", text).Faults,
            f => f.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Finds_every_fault_in_one_run_in_the_order_of_the_lines()
    {
        var text = Examples.Sound.ReplaceLineEndings("\n")
            .Replace("ttl: 300s", "ttl: forever").Replace("country: VN}", "country: Viet}")
            .Replace("weight: 3", "weight: -3");

        var faults = ConfigurationReader.ReadText("f.yaml", text).Faults;

        Assert.Equal(3, faults.Length);
        Assert.Equal(faults.OrderBy(f => f.Where.Line).Select(f => f.Where.Line), faults.Select(f => f.Where.Line));
    }

    [Fact]
    public void Says_that_a_name_is_owned_twice()
    {
        var second = Examples.Sound.ReplaceLineEndings("\n").Split("---\n")[4].Replace("name: kokoro}", "name: other}");

        var faults = ConfigurationReader.ReadText("f.yaml", Examples.Sound + "\n---\n" + second).Faults;

        Assert.Contains("`kokoro.ai.example.com` already belongs to GlobalEndpoint `kokoro`",
            Assert.Single(faults).Message);
    }

    [Fact]
    public void Says_that_every_weight_is_zero()
    {
        var text = Examples.Sound.Replace("weight: 3", "weight: 0")
            .Replace("port: 80, weight: 1", "port: 80, weight: 0")
            .Replace("{pool: vn, weight: 1", "{pool: vn, weight: 0");

        Assert.Equal(2, ConfigurationReader.ReadText("f.yaml",
            text).Faults.Count(f => f.Message.Contains("is 0; at least one", StringComparison.Ordinal)));
    }

    [Fact]
    public void Wants_exactly_one_kind_of_probe()
    {
        var both = Examples.Sound.ReplaceLineEndings("\n").Replace("  http:\n", "  tcp: {port: 80}\n  http:\n");

        Assert.Contains("more than one", Assert.Single(ConfigurationReader.ReadText("f.yaml", both).Faults).Message);
    }

    [Theory]
    [InlineData("a: [1, 2", "not valid YAML")]
    [InlineData("a: &x 1\nb: *x", "alias")]
    [InlineData("kind: Zone\nkind: Zone", "given twice")]
    [InlineData("- 1", "a resource is wanted, and this is a list")]
    public void Refuses_what_is_no_resource(string text, string message) =>
        Assert.Contains(ConfigurationReader.ReadText("f.yaml", text).Faults,
            f => f.Message.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Refuses_text_that_is_nested_without_end()
    {
        var text = string.Concat(Enumerable.Repeat("[", 100_000));

        Assert.NotEmpty(ConfigurationReader.ReadText("f.yaml", text).Faults);
    }

    [Fact]
    public void Reads_folders_in_name_order_and_names_missing_paths()
    {
        using var folder = new TestFolder();
        folder.Write("b.yaml", "kind: x");
        folder.Write("a.yml", "kind: y");
        folder.Write("c.txt", "kind: z");

        var configuration = ConfigurationReader.ReadPaths([folder.Path, folder.File("nothing.yaml")]);

        Assert.Equal(["a.yml", "b.yaml", "nothing.yaml"], configuration.Files.Select(f => Path.GetFileName(f)!));
        Assert.Contains(configuration.Faults, f => f.Message.Contains("no such file", StringComparison.Ordinal));
    }

    [Fact]
    public void Any_change_of_a_sound_text_throws_nothing() =>
        Gen.Select(Gen.Int[0, Examples.Sound.Length - 1], Gen.Int[0, 12],
            Gen.String[Gen.Char["{}[]:-*&!|>'\"#%@` \n\tazAZ09.,?"], 0, 8])
            .Sample((at, count, added) =>
            {
                var text = Examples.Sound.Remove(at, Math.Min(count, Examples.Sound.Length - at)).Insert(at, added);
                ConfigurationReader.ReadText("f.yaml", text);
            }, time: int.TryParse(Environment.GetEnvironmentVariable("MERIDIAN_FUZZ_SECONDS"), out var seconds)
                ? seconds : 3);

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n")]
    [InlineData("# nothing yet\n")]
    [InlineData("---\n---\n")]
    public void A_file_without_any_resource_is_a_fault_unless_it_is_allowed(string text)
    {
        using var folder = new TestFolder();
        var file = folder.Write("a.yaml", text);

        var fault = Assert.Single(ConfigurationReader.ReadPaths([file]).Faults);
        Assert.StartsWith("the file holds no resource", fault.Message, StringComparison.Ordinal);
        Assert.True(ConfigurationReader.ReadPaths([file], allowEmpty: true).IsSound);
    }

    [Fact]
    public void Kept_inputs_throw_nothing()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus"));
        Assert.NotEmpty(files);
        foreach (var file in files)
            Assert.NotEmpty(ConfigurationReader.ReadPaths([file]).Faults);
    }

    [Fact]
    public void What_follows_from_another_fault_is_not_told()
    {
        var text = TestYaml.Zone + TestYaml.Part("GlobalEndpoint", "e",
            "{hostname: e.example.org, policy: Failover, pools: [{pool: p}]}");

        Assert.Contains("there is no AddressPool named `p`",
            Assert.Single(ConfigurationReader.ReadText("a.yaml", text).Faults).Message);
        Assert.DoesNotContain(ConfigurationReader.ReadText("a.yaml", text + "kind: [AddressPool\n").Faults,
            f => f.Message.Contains("there is no AddressPool", StringComparison.Ordinal));
    }
}
