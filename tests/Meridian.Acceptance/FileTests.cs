using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>Files that hang, have no end, are cut, swapped or gone: the node serves on and says so.</summary>
public sealed class FileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Files_that_hang_or_have_no_end_stop_neither_overrides_nor_reloading_nor_the_end()
    {
        await using var sites = TwoSites.Start();
        var geography = _folder.Write("geo.csv", "network,country\n10.0.0.0/8,VN\n");
        await using var node = await new TestNode(sites.Configuration()).StartAsync(more: ["--geo", geography]);
        var folder = Path.GetDirectoryName(node.ConfigurationFile)!;

        File.Delete(geography);
        await MakePipeAsync(geography);
        await MakePipeAsync(Path.Combine(folder, "pipe.yaml"));
        File.CreateSymbolicLink(Path.Combine(folder, "zero.yaml"), "/dev/zero");
        await node.UntilLoggedAsync("geography cannot be read and the old one serves on");
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Configuration.Faults.Length == 2, () => node.Log);
        Assert.Contains((await node.StatusAsync()).Configuration.Faults,
            f => f.Contains("pipe.yaml is not a regular file", StringComparison.Ordinal));

        var drain = await node.CommandAsync("override", "set", "pool/p", "drain", "--reason", "test");
        Assert.True(drain.ExitCode == 0, drain.Output);
        await node.UntilAnswerAsync(TwoSites.Name, sites.Second.Address);
        await node.CommandAsync("override", "clear", "pool/p");

        File.Delete(Path.Combine(folder, "pipe.yaml"));
        File.Delete(Path.Combine(folder, "zero.yaml"));
        node.Write(sites.Configuration() + TestYaml.Part("Site", "new", "{latitude: 1, longitude: 1}"));
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Configuration.Faults.Length == 0, () => node.Log);
        Assert.Equal(0, await node.StopAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# Site hanoi, of which the rest was cut o")]
    public async Task A_configuration_that_is_cut_to_nothing_is_a_fault_and_the_last_good_one_serves_on(string rest)
    {
        await using var node = await new TestNode(TestNode.Zone).StartAsync();

        node.Write(rest);

        await Wait.UntilAsync(async () => (await node.StatusAsync()).Configuration.Faults.Length == 1, () => node.Log);
        await node.UntilLoggedAsync("the file holds no resource");
        Assert.Equal(["10.0.0.80"], (await node.AskAsync("www.example.org")).Addresses);
    }

    [Fact]
    public async Task A_file_that_is_gone_while_others_remain_is_a_plain_wish()
    {
        await using var node = await new TestNode(TestNode.Zone).StartAsync();
        var other = Path.Combine(Path.GetDirectoryName(node.ConfigurationFile)!, "other.yaml");
        File.WriteAllText(other, TestYaml.Part("Zone", "other",
            "{origin: example.com, nameServers: [{name: ns.example.net}], "
            + "records: [{name: www, type: A, data: [10.0.0.81]}]}"));
        await node.UntilAnswerAsync("www.example.com", "10.0.0.81");

        File.Delete(other);

        await Wait.UntilAsync(async () => (await node.AskAsync("www.example.com")).Code == 5, () => node.Log);
        Assert.Equal(["10.0.0.80"], (await node.AskAsync("www.example.org")).Addresses);
        Assert.Empty((await node.StatusAsync()).Configuration.Faults);
    }

    [Fact]
    public async Task Nothing_is_served_from_nothing_unless_it_is_allowed()
    {
        var file = _folder.Write("empty.yaml", "# nothing yet\n");

        var refused = await MeridianProgram.RunAsync("check", file);
        var allowed = await MeridianProgram.RunAsync("check", file, "--allow-empty");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("the file holds no resource; remove it if none is wanted, or give `--allow-empty`",
            refused.Output, StringComparison.Ordinal);
        Assert.True(allowed.ExitCode == 0, allowed.Output);
    }

    [Fact]
    public async Task A_second_node_on_one_state_folder_is_refused_with_a_sentence()
    {
        await using var node = await new TestNode(TestNode.Zone).StartAsync();

        var second = await MeridianProgram.RunAsync("serve", "--config", node.ConfigurationFile, "--dns", "127.0.0.1:0",
            "--management", "127.0.0.1:0", "--state", node.StateFolder);

        Assert.Equal(3, second.ExitCode);
        Assert.Contains($"the state folder {node.StateFolder} belongs to another running node (process ", second.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Error, StringComparison.Ordinal);
        Assert.Equal(["10.0.0.80"], (await node.AskAsync("www.example.org")).Addresses);
    }

    [Fact]
    public async Task Certificates_that_Kubernetes_swaps_are_taken_by_DNS_over_TLS()
    {
        using var first = TestCertificate.Create("ns.example.net", organisation: "first");
        using var second = TestCertificate.Create("ns.example.net", organisation: "second");
        await MountAsync("1", first);
        File.CreateSymbolicLink(_folder.File("tls.crt"), "..data/tls.crt");
        File.CreateSymbolicLink(_folder.File("tls.key"), "..data/tls.key");
        var port = Ports.Free();
        await using var node = await new TestNode(TestNode.Zone).StartAsync(more: ["--dns-tls", $"127.0.0.1:{port}",
            "--dns-cert", _folder.File("tls.crt"), "--dns-key", _folder.File("tls.key")]);
        Assert.Contains("O=first", await SubjectAsync(port), StringComparison.Ordinal);

        await MountAsync("2", second);

        await Wait.UntilAsync(async () => (await SubjectAsync(port)).Contains("O=second", StringComparison.Ordinal),
            () => node.Log);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task MakePipeAsync(string path) =>
        Assert.Equal(0, (await Run.ProgramAsync("mkfifo", path)).ExitCode);

    private static async Task<string> SubjectAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var subject = "";
        await using var tls = new SslStream(client.GetStream(), false, (_, shown, _, _) =>
        {
            subject = shown!.Subject;
            return subject.Contains("CN=ns.example.net", StringComparison.Ordinal);
        });
        await tls.AuthenticateAsClientAsync("ns.example.net");
        return subject;
    }

    // As the kubelet does it: the new files beside the old ones, then one link renamed over the other.
    private async Task MountAsync(string version, X509Certificate2 certificate)
    {
        Directory.CreateDirectory(_folder.File($"..{version}"));
        _folder.Write($"..{version}/tls.crt", certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        _folder.Write($"..{version}/tls.key", key.ExportPkcs8PrivateKeyPem());
        Directory.CreateSymbolicLink(_folder.File("..data_tmp"), $"..{version}");
        Assert.Equal(0, (await Run.ProgramAsync("mv", "-T", _folder.File("..data_tmp"), _folder.File("..data")))
            .ExitCode);
    }
}
