using System.Globalization;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Peers;

/// <summary>Validators of other people: Unbound in front of Meridian, delv, and the checkers of whole zones.</summary>
public sealed class ValidatingTests
{
    private const string More =
        "records: [{name: www, type: A, data: [10.0.0.80]}, {name: \"*.wild\", type: TXT, data: [w]}, {name: a.b.c, "
            + "type: TXT, data: [e]}, " +
        "{name: sub, type: NS, data: [ns.sub.example.org.]}, {name: ns.sub, type: A, data: [10.0.0.53]}, {name: alias, "
            + "type: CNAME, data: [www]}, " +
        "{name: old, type: DNAME, data: [wild]}, {name: mail, type: MX, data: [10 www]}]";

    [Theory]
    [InlineData("Csk")]
    [InlineData("Csk ed25519")]
    public async Task Unbound_validates_steered_answers_before_and_after_a_failover(string roles)
    {
        Assert.SkipWhen(Run.Find("unbound") is null,
            "unbound is not installed; on Debian: apt-get install unbound");
        await using var sites = TwoSites.Start();
        var folder = PeerProcess.NewFolder();
        await using var node = await SignedAsync(sites, folder, roles);
        var ds = await MeridianProgram.RunAsync("zone", "keys", "ds", "example.org",
            "--folder", Path.Combine(folder, "keys"));
        var port = Ports.Free();
        await File.WriteAllTextAsync(Path.Combine(folder, "unbound.conf"), $"""
            server:
                interface: 127.0.0.1@{port}
                username: ""
                chroot: ""
                directory: "{folder}"
                pidfile: "{folder}/pid"
                use-syslog: no
                do-not-query-localhost: no
                module-config: "validator iterator"
                trust-anchor: "{ds.Output.Trim()}"
                aggressive-nsec: yes
                cache-min-ttl: 0
                local-zone: "org." nodefault
            stub-zone:
                name: "example.org"
                stub-addr: 127.0.0.1@{node.DnsPort}
            """);
        await using var unbound = PeerProcess.Start(folder, port, "unbound", "-d", "-c",
            Path.Combine(folder, "unbound.conf"));

        await unbound.UntilAnswerAsync(TwoSites.Name, sites.First.Address);
        Assert.Contains("flags: qr rd ra ad", await DigAsync(port, TwoSites.Name, "A"));
        foreach (var (name, type, expected) in (IEnumerable<(string, string, string)>)
            [("www", "A", "10.0.0.80"), ("x.wild", "TXT", "\"w\""), ("nothing", "A", "NXDOMAIN"),
                ("www", "MX", "ANSWER: 0"), ("b.c", "A", "ANSWER: 0"),
             ("x.old", "TXT", "\"w\""), (TwoSites.Name.Split('.')[0], "AAAA", "ANSWER: 0")])
        {
            var answer = await DigAsync(port, $"{name}.example.org", type);
            Assert.Contains("flags: qr rd ra ad", answer);
            Assert.True(answer.Contains(expected, StringComparison.Ordinal) || expected == "NXDOMAIN", answer);
        }

        await sites.First.StopAsync();
        await unbound.UntilAnswerAsync(TwoSites.Name, sites.Second.Address);
        Assert.Contains("flags: qr rd ra ad", await DigAsync(port, TwoSites.Name, "A"));
    }

    [Theory]
    [InlineData("csk")]
    [InlineData("ksk,zsk")]
    [InlineData("csk ed25519")]
    public async Task The_transferred_zone_passes_the_checkers_of_BIND_and_LDNS(string roles)
    {
        Assert.SkipUnless(Run.Has("dnssec-verify") && Run.Has("ldns-verify-zone") && Run.Has("dig"),
            "dnssec-verify, ldns-verify-zone or dig is not installed; on Debian: apt-get install bind9-utils ldnsutils "
                + "bind9-dnsutils");
        await using var sites = TwoSites.Start();
        var folder = PeerProcess.NewFolder();
        await using var node = await SignedAsync(sites, folder, roles);

        var transfer = await Run.ProgramAsync("dig", "@127.0.0.1", "-p", $"{node.DnsPort}", "example.org", "AXFR", "-y",
            PeerProcess.Key, "+onesoa");
        var zone = Path.Combine(folder, "zone");
        await File.WriteAllLinesAsync(zone,
            transfer.Output.Split('\n')
            .Where(l => !l.StartsWith(';') && !l.Contains("TSIG", StringComparison.Ordinal)));
        var bind = await Run.ProgramAsync("dnssec-verify",
            roles.StartsWith("csk", StringComparison.Ordinal)
            ? ["-z", "-o", "example.org", zone] : ["-o", "example.org", zone]);
        var ldns = await Run.ProgramAsync("ldns-verify-zone", zone);

        Assert.True(bind.ExitCode == 0, bind.Output + bind.Error + transfer.Output);
        Assert.True(ldns.ExitCode == 0, ldns.Output + ldns.Error);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_ZSK_rolls_without_a_moment_that_does_not_validate()
    {
        Assert.SkipUnless(Run.Has("delv"), "delv is not installed; on Debian: apt-get install bind9-dnsutils");
        await using var sites = TwoSites.Start();
        var folder = PeerProcess.NewFolder();
        await using var node = await SignedAsync(sites, folder, "ksk,zsk");
        var anchor = Path.Combine(folder, "anchor");
        var ds = (await MeridianProgram.RunAsync("zone", "keys", "ds", "example.org", "--folder",
            Path.Combine(folder, "keys"))).Output.Trim().Split(' ');
        await File.WriteAllTextAsync(anchor,
            $"trust-anchors {{ example.org. static-ds {ds[3]} {ds[4]} {ds[5]} \"{ds[6]}\"; }};");
        var before = await SignerAsync(node);

        Assert.Equal(0, (await MeridianProgram.RunAsync("zone", "keys", "roll", "example.org", "--folder",
            Path.Combine(folder, "keys"), "--propagation", "3s", "--max-ttl", "3s")).ExitCode);
        var seen = new HashSet<string>();
        await Wait.UntilAsync(async () =>
        {
            var run = await Run.ProgramAsync("delv", "@127.0.0.1", "-p", $"{node.DnsPort}", "-a", anchor,
                "+root=example.org", TwoSites.Name, "A");
            Assert.Contains("fully validated", run.Output + run.Error);
            seen.Add(await SignerAsync(node));
            return seen.Count == 2 && await KeyCountAsync(node) == 2;
        }, () => string.Join(", ", seen), 30);
        Assert.Contains(before, seen);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_CSK_rolls_with_both_keys_good_until_the_old_one_is_retired()
    {
        Assert.SkipUnless(Run.Has("delv"), "delv is not installed; on Debian: apt-get install bind9-dnsutils");
        await using var sites = TwoSites.Start();
        var folder = PeerProcess.NewFolder();
        var keys = Path.Combine(folder, "keys");
        await using var node = await SignedAsync(sites, folder, "csk");
        var old = await AnchorAsync("old", await DsAsync());

        Assert.Equal(0, (await MeridianProgram.RunAsync("zone", "keys", "roll", "example.org", "--folder", keys,
            "--role",
            "csk", "--propagation", "0s")).ExitCode);
        await Wait.UntilAsync(async () => await KeyCountAsync(node) == 2, () => node.Log);
        var both = await DsAsync();
        Assert.Equal(2, both.Length);
        var next = await AnchorAsync("next",
            both.Where(d => !File.ReadAllText(old).Contains(d.Split(' ')[6], StringComparison.Ordinal)).ToArray());
        await ValidatesAsync(old);
        await ValidatesAsync(next);

        var tag = File.ReadAllText(old).Split("static-ds ")[1].Split(' ')[0];
        Assert.Equal(0, (await MeridianProgram.RunAsync("zone", "keys", "retire", "example.org", tag, "--folder", keys,
            "--max-ttl", "1s")).ExitCode);
        await Wait.UntilAsync(async () => await KeyCountAsync(node) == 1, () => node.Log);
        await ValidatesAsync(next);

        // The last key is not to be retired.
        var last = File.ReadAllText(next).Split("static-ds ")[1].Split(' ')[0];
        var refused = await MeridianProgram.RunAsync("zone", "keys", "retire", "example.org", last, "--folder", keys);
        Assert.Contains("is the only one that signs", refused.Error);
        Directory.Delete(folder, recursive: true);

        async Task<string[]> DsAsync() =>
            (await MeridianProgram.RunAsync("zone", "keys", "ds", "example.org", "--folder", keys))
            .Output.Trim().Split('\n');

        async Task<string> AnchorAsync(string name, string[] records)
        {
            var file = Path.Combine(folder, name);
            var words = Assert.Single(records).Split(' ');
            await File.WriteAllTextAsync(file,
                $"trust-anchors {{ example.org. static-ds {words[3]} {words[4]} {words[5]} \"{words[6]}\"; }};");
            return file;
        }

        async Task ValidatesAsync(string anchor)
        {
            var run = await Run.ProgramAsync("delv", "@127.0.0.1", "-p", $"{node.DnsPort}", "-a", anchor,
                "+root=example.org", TwoSites.Name, "A");
            Assert.Contains("fully validated", run.Output + run.Error);
        }
    }

    private static async Task<string> SignerAsync(TestNode node)
    {
        var answer = await Run.ProgramAsync("dig", "@127.0.0.1", "-p", $"{node.DnsPort}", "www.example.org", "A",
            "+dnssec", "+norec", "+noall", "+answer");
        return answer.Output.Split('\n').First(l => l.Contains("RRSIG", StringComparison.Ordinal))
            .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[10];
    }

    private static async Task<int> KeyCountAsync(TestNode node)
    {
        var answer = await Run.ProgramAsync("dig", "@127.0.0.1", "-p", $"{node.DnsPort}", "example.org", "DNSKEY",
            "+norec", "+short");
        return answer.Output.Trim().Split('\n').Length;
    }

    private static async Task<string> DigAsync(int port, string name, string type) =>
        (await Run.ProgramAsync("dig", "@127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), name, type,
            "+dnssec")).Output;

    private static async Task<TestNode> SignedAsync(TwoSites sites, string folder, string roles)
    {
        foreach (var role in roles.Split(','))
        {
            var words = role.ToLowerInvariant().Split(' ');
            Assert.Equal(0, (await MeridianProgram.RunAsync("zone", "keys", "create", "example.org", "--folder",
                Path.Combine(folder, "keys"),
                "--role", words[0], "--algorithm", words.ElementAtOrDefault(1) ?? "ecdsap256sha256")).ExitCode);
        }

        var node = new TestNode(sites.Configuration(endpoint: "recovery: {ramp: 0s}")
            .Replace("records: [{name: www, type: A, data: [10.0.0.80]}]", More, StringComparison.Ordinal)
            .Replace("origin: example.org,",
                $"origin: example.org, transfer: [{{key: xfr}}], dnssec: {{keys: {folder}/keys}},",
                StringComparison.Ordinal) +
            TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}"));
        return await node.StartAsync();
    }
}
