using Meridian.Acceptance.Peers;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>
/// Data that is in no file (a dynamic update, a transferred zone) clashes with what is written later: the zone that it
/// is in keeps its last good data, or answers SERVFAIL where there is none, and everything else goes on.
/// </summary>
public sealed class ClashTests
{
    private static readonly string Other =
        TestYaml.Part("Zone", "other", "{origin: example.com, nameServers: [{name: ns.example.net}], "
            + "records: [{name: www, type: A, data: [10.0.0.81]}]}");

    [Fact]
    public async Task A_steered_name_that_an_update_has_taken_before_costs_no_other_zone_anything()
    {
        Assert.SkipUnless(Run.Has("nsupdate"), "nsupdate is not installed; on Debian: apt-get install bind9-dnsutils");
        using var folder = new TestFolder();
        await using var sites = TwoSites.Start();
        var before = Other + sites.Configuration().Replace("origin: example.org,",
            "origin: example.org, update: [{key: xfr}],", StringComparison.Ordinal)
            + TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}");
        await using var node = await new TestNode(before).StartAsync();
        Assert.Equal("", await PrimaryTests.UpdateAsync(node.DnsPort, folder.Path,
            "update add foo.example.org 60 A 10.9.9.9"));
        await node.UntilAnswerAsync("foo.example.org", "10.9.9.9");

        node.Write(before + TestYaml.Part("GlobalEndpoint", "foo", "{hostname: foo.example.org, pools: [{pool: p}]}")
            + TestYaml.Part("GlobalEndpoint", "bar", "{hostname: bar.example.com, pools: [{pool: p}]}"));

        // What is sound is applied; the zone with the clash serves what it had, and people are told.
        await node.UntilAnswerAsync("bar.example.com", sites.First.Address);
        Assert.Equal(["10.9.9.9"], (await node.AskAsync("foo.example.org")).Addresses);
        Assert.Equal([sites.First.Address], (await node.AskAsync(TwoSites.Name)).Addresses);
        Assert.Contains("foo.example.org", Assert.Single((await node.StatusAsync()).Configuration.Faults));
        await node.UntilLoggedAsync("zone example.org. has a fault and its last good data serves on");

        var check = await MeridianProgram.RunAsync("check", Path.GetDirectoryName(node.ConfigurationFile)!);
        Assert.Equal(0, check.ExitCode); // the files alone are sound
        check = await MeridianProgram.RunAsync("check", Path.GetDirectoryName(node.ConfigurationFile)!, "--state",
            node.StateFolder);
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("foo.example.org", check.Output);

        await node.StopAsync();
        await node.StartAsync();

        Assert.Equal(["10.0.0.81"], (await node.AskAsync("www.example.com")).Addresses);
        await node.UntilAnswerAsync("bar.example.com", sites.First.Address);
        Assert.Equal(2, (await node.AskAsync("foo.example.org")).Code);
        Assert.Equal(2, (await node.AskAsync("www.example.org")).Code);
        Assert.Contains("foo.example.org", Assert.Single((await node.StatusAsync()).Configuration.Faults));

        node.Write(before);
        await node.UntilAnswerAsync("foo.example.org", "10.9.9.9");
        await node.UntilAnswerAsync(TwoSites.Name, sites.First.Address);
        Assert.Empty((await node.StatusAsync()).Configuration.Faults);
    }
}
