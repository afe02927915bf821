using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Peers;

/// <summary>Meridian serves zones that live on BIND and Knot, and steers names in them.</summary>
public sealed class PrimaryTests
{
    private const string ZoneFile = """
        $ORIGIN example.org.
        $TTL 300
        @ SOA ns1 hostmaster 1 3600 60 86400 30
        @ NS ns1
        ns1 A 127.0.0.1
        www A 10.0.0.80

        """;

    [Theory]
    [InlineData("named")]
    [InlineData("knotd")]
    public async Task A_zone_of_another_server_is_followed_and_steered_in(string program)
    {
        Assert.SkipWhen(Run.Find(program) is null || !Run.Has("nsupdate"),
            $"{program} or nsupdate is not installed; on Debian: apt-get install bind9 knot bind9-dnsutils");
        await using var sites = TwoSites.Start();
        await using var node = new TestNode(TestNode.Empty);
        var folder = PeerProcess.NewFolder();
        await File.WriteAllTextAsync(Path.Combine(folder, "zone"), ZoneFile);
        var primary = program == "named"
            ? PeerProcess.Bind($$"""
                zone "example.org" { type primary; file "zone"; allow-transfer { key xfr; }; allow-update { key xfr; };
                  also-notify { 127.0.0.1 port {{node.DnsPort}} key xfr; }; };
                """, folder)
            : PeerProcess.Knot($"""
                remote:
                  - id: meridian
                    address: 127.0.0.1@{node.DnsPort}
                    key: xfr
                acl:
                  - id: all
                    key: xfr
                    action: [transfer, update]
                zone:
                  - domain: example.org
                    file: {folder}/zone
                    notify: meridian
                    acl: all
                """, folder);
        try
        {
            await primary.UntilAnswerAsync("www.example.org", "10.0.0.80");
            var zone = TestYaml.Part("Zone", "z",
                $"{{origin: example.org, primaries: [{{address: \"127.0.0.1:{primary.Port}\", key: xfr}}]}}");
            node.Write(sites.Configuration()
                .Replace(TestNode.Zone, zone, StringComparison.Ordinal)
                + TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}"));
            await node.StartAsync();
            await node.UntilAnswerAsync("www.example.org", "10.0.0.80");
            await node.UntilAnswerAsync(TwoSites.Name, sites.First.Address);

            await UpdateAsync(primary.Port, folder, "update add new.example.org 60 A 10.0.0.90");
            await node.UntilAnswerAsync("new.example.org", "10.0.0.90");
            await node.UntilLoggedAsync(", as changes");
        }
        finally
        {
            await primary.DisposeAsync();
        }

        // The primary is away, and the node starts anew: what it had is what it serves.
        await node.StopAsync();
        await node.StartAsync();
        await node.UntilAnswerAsync("new.example.org", "10.0.0.90");
        await node.UntilAnswerAsync(TwoSites.Name, sites.First.Address);
    }

    internal static async Task<string> UpdateAsync(int port, string folder, string commands)
    {
        var script = Path.Combine(folder, "update");
        await File.WriteAllTextAsync(script, $"server 127.0.0.1 {port}\nzone example.org\n{commands}\nsend\n");
        var run = await Run.ProgramAsync("nsupdate", "-y", PeerProcess.Key, script);
        return run.Output + run.Error;
    }
}
