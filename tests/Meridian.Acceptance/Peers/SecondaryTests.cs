using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Peers;

/// <summary>
/// BIND and Knot hold copies of what Meridian serves: TSIG, AXFR, NOTIFY, IXFR, and steered names by their default
/// answer.
/// </summary>
public sealed class SecondaryTests
{
    [Theory]
    [InlineData("named", false)]
    [InlineData("knotd", false)]
    [InlineData("named", true)]
    [InlineData("knotd", true)]
    public async Task A_secondary_follows_records_and_failovers(string program, bool signed)
    {
        Assert.SkipWhen(Run.Find(program) is null,
            $"{program} is not installed; on Debian: apt-get install bind9 knot");
        await using var sites = TwoSites.Start();
        var folder = PeerProcess.NewFolder();
        await using var node = new TestNode(TestNode.Empty);
        await using var secondary = program == "named"
            ? PeerProcess.Bind($$"""
                zone "example.org" { type secondary; file "copy"; masterfile-format text; request-ixfr yes;
                  primaries { 127.0.0.1 port {{node.DnsPort}} key xfr; }; allow-notify { 127.0.0.1; }; };
                """, folder)
            : PeerProcess.Knot($"""
                remote:
                  - id: meridian
                    address: 127.0.0.1@{node.DnsPort}
                    key: xfr
                acl:
                  - id: notify
                    address: 127.0.0.1
                    key: xfr
                    action: notify
                zone:
                  - domain: example.org
                    master: meridian
                    acl: notify
                """, folder);
        if (signed)
            Assert.Equal(0, (await MeridianProgram.RunAsync("zone", "keys", "create", "example.org", "--folder",
                Path.Combine(folder, "keys"))).ExitCode);
        string Configuration(string www) => sites.Configuration().Replace("origin: example.org,",
            $"origin: example.org, transfer: [{{key: xfr}}], notify: [{{address: \"127.0.0.1:{secondary.Port}\", key: "
                + $"xfr}}],{(signed ? $"dnssec: {{keys: {folder}/keys}}," : "")}", StringComparison.Ordinal)
            .Replace("10.0.0.80", www, StringComparison.Ordinal) +
            TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}");
        node.Write(Configuration("10.0.0.80"));
        await node.StartAsync();

        await secondary.UntilAnswerAsync("www.example.org", "10.0.0.80");
        await secondary.UntilAnswerAsync(TwoSites.Name, sites.First.Address);

        // An edit, and then a failover, each as a version of its own.
        node.Write(Configuration("10.0.0.81"));
        await secondary.UntilAnswerAsync("www.example.org", "10.0.0.81");
        await sites.First.StopAsync();
        await secondary.UntilAnswerAsync(TwoSites.Name, sites.Second.Address);

        if (!signed)
            await node.UntilLoggedAsync("as changes since");
        if (signed && Run.Has("delv"))
        {
            var key = await Run.ProgramAsync("dig", "@127.0.0.1", "-p", $"{secondary.Port}", "example.org", "DNSKEY",
                "+short");
            var anchor = Path.Combine(folder, "anchor");
            var words = key.Output.Trim().Split(' ', 4);
            await File.WriteAllTextAsync(anchor,
                $"trust-anchors {{ example.org. static-key 257 3 13 \"{words[3].Replace(" ", "")}\"; }};");
            var checkedBy = await Run.ProgramAsync("delv", "@127.0.0.1", "-p", $"{secondary.Port}", "-a", anchor,
                "+root=example.org", TwoSites.Name, "A");
            Assert.Contains("fully validated", checkedBy.Output + checkedBy.Error);
            var absent = await Run.ProgramAsync("delv", "@127.0.0.1", "-p", $"{secondary.Port}", "-a", anchor,
                "+root=example.org", "nothing.example.org", "A");
            Assert.Contains("negative response, fully validated", absent.Output + absent.Error);
        }
    }

    [Fact]
    public async Task A_transfer_is_refused_without_the_key_and_with_a_wrong_one()
    {
        Assert.SkipUnless(Run.Has("dig"), "dig is not installed; on Debian: apt-get install bind9-dnsutils");
        await using var node = new TestNode(TestNode.Zone.Replace("origin: example.org,",
            "origin: example.org, transfer: [{key: xfr}],") +
            TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}"));
        await node.StartAsync();
        string[] ask = ["@127.0.0.1", "-p", $"{node.DnsPort}", "example.org", "AXFR"];

        Assert.Contains("Transfer failed", (await Run.ProgramAsync("dig", ask)).Output);
        Assert.Contains("BADSIG", (await Run.ProgramAsync("dig", [.. ask, "-y", "hmac-sha256:xfr:d3Jvbmc="])).Output);
        Assert.Contains("BADKEY",
            (await Run.ProgramAsync("dig", [.. ask, "-y", $"hmac-sha256:other:{PeerProcess.Secret}"])).Output);
        var whole = await Run.ProgramAsync("dig", [.. ask, "-y", PeerProcess.Key]);
        Assert.Contains("10.0.0.80", whole.Output);
        Assert.Contains("XFR size: 4 records", whole.Output);
    }
}
