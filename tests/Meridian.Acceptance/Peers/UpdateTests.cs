using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Peers;

/// <summary><c>nsupdate</c> changes records that are not steered, and they outlive a restart.</summary>
public sealed class UpdateTests
{
    [Fact]
    public async Task Updates_are_taken_kept_and_undone_by_prerequisites()
    {
        Assert.SkipUnless(Run.Has("nsupdate"), "nsupdate is not installed; on Debian: apt-get install bind9-dnsutils");
        var folder = PeerProcess.NewFolder();
        await using var sites = TwoSites.Start();
        await using var node = new TestNode(sites.Configuration()
            .Replace("origin: example.org,", "origin: example.org, update: [{key: xfr}],", StringComparison.Ordinal) +
            TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}"));
        await node.StartAsync();
        Task<string> UpdateAsync(string commands) => PrimaryTests.UpdateAsync(node.DnsPort, folder, commands);

        Assert.Equal("", await UpdateAsync(
            "update add new.example.org 60 A 10.0.0.1\nupdate add new.example.org 60 A 10.0.0.2"));
        await node.UntilAnswerAsync("new.example.org", "10.0.0.1", "10.0.0.2");
        Assert.Contains("YXRRSET",
            await UpdateAsync("prereq nxrrset new.example.org A\nupdate add new.example.org 60 A 10.0.0.3"));
        Assert.Contains("NXDOMAIN",
            await UpdateAsync("prereq yxdomain nothing.example.org\nupdate add new.example.org 60 A 10.0.0.3"));
        Assert.Equal("", await UpdateAsync("update delete new.example.org A 10.0.0.1"));
        await node.UntilAnswerAsync("new.example.org", "10.0.0.2");

        // What is steered belongs to the configuration; a name outside belongs to somebody else.
        Assert.Contains("REFUSED", await UpdateAsync($"update add {TwoSites.Name} 60 TXT hello"));
        Assert.Contains("NOTZONE", await UpdateAsync("update add www.example.net 60 A 10.0.0.1"));

        Assert.Equal("", await UpdateAsync("update delete www.example.org"));
        await node.UntilAnswerAsync("www.example.org");
        await node.StopAsync("KILL");
        await node.StartAsync();
        await node.UntilAnswerAsync("new.example.org", "10.0.0.2");
        Assert.Equal(3, (await node.AskAsync("www.example.org")).Code);
        Directory.Delete(folder, recursive: true);
    }
}
