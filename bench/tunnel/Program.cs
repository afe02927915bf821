// The gateway straight to a service, through a Meridian tunnel, and through `ssh -R`, in one run.
// `dotnet run -c Release --project bench/tunnel`; needs OpenSSH's sshd. MERIDIAN_AGENT may name a native agent.
using System.Globalization;
using Meridian.Bench.Tunnels;
using Meridian.Testing;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Contains("--storm"))
{
    using var stormed = new Processes();
    await Storm.RunAsync(stormed);
    return;
}

await using var origin = await Origin.StartAsync();
var service = new Uri(origin.Urls.First()).Port;
using var processes = new Processes();
var (gateway, tunnel, management, ssh) = (Ports.Free(), Ports.Free(), Ports.Free(),
    Ports.Free());
var (nearSsh, farSsh) = (Ports.Free(), Ports.Free());
File.WriteAllText(Path.Combine(processes.Folder, "m.yaml"), TestYaml.Zone
    + TestYaml.Part("TunnelAgent", "near", """{publishes: ["*"]}""")
    + TestYaml.Part("TunnelAgent", "far", """{publishes: ["*"]}""")
    + TestYaml.Part("AddressPool", "gateways", "{addresses: [{value: 127.0.0.1}]}")
    + Pool("direct", $"value: 127.0.0.1, port: {service}")
    + Pool("tunnel-near", "tunnel: {agent: near, service: bench}")
    + Pool("tunnel-far", "tunnel: {agent: far, service: bench}")
    + Pool("ssh-near", $"value: 127.0.0.1, port: {nearSsh}")
    + Pool("ssh-far", $"value: 127.0.0.1, port: {farSsh}"));
var meridian = Run.Library("meridian.dll");
var node = processes.Start("dotnet", meridian, "serve", "--config", Path.Combine(processes.Folder, "m.yaml"), "--state",
    Path.Combine(processes.Folder, "state"), "--dns", $"127.0.0.1:{Ports.Free()}",
    "--management", $"127.0.0.1:{management}", "--gateway", $"127.0.0.1:{gateway}", "--tunnel", $"127.0.0.1:{tunnel}");
using var direct = new Load(gateway, "direct.example.org");
await direct.UntilReadyAsync();
using var agentLine = new DelayRelay(tunnel, TimeSpan.Zero);
using var sshLine = new DelayRelay(ssh, TimeSpan.Zero);

// One OpenSSH server beside the node; an agent and an ssh client beside the service, once each way.
var native = Environment.GetEnvironmentVariable("MERIDIAN_AGENT");
string[] program = native is null ? ["dotnet", Run.Library("meridian-agent.dll")] : [native];
var key = Path.Combine(processes.Folder, "key");
await Processes.RunAsync("ssh-keygen", "", "-q", "-t", "ed25519", "-N", "", "-f", key);
Directory.CreateDirectory("/run/sshd");
File.WriteAllText(Path.Combine(processes.Folder, "sshd"),
    $"Port {ssh}\nListenAddress 127.0.0.1\nHostKey {key}\nAuthorizedKeysFile {key}.pub\nPidFile none\nStrictModes no\n"
        + "PermitRootLogin yes\nUsePAM no\n");
processes.Start("/usr/sbin/sshd", "-D", "-f", Path.Combine(processes.Folder, "sshd"));
await Task.Delay(500);
var agent = await AgentAsync("near", tunnel);
var farAgent = await AgentAsync("far", agentLine.Port);
Ssh(ssh, nearSsh);
var farClient = Ssh(sshLine.Port, farSsh);
Load[] near = [direct, new(gateway, "tunnel-near.example.org"), new(gateway, "ssh-near.example.org")];
Load[] far = [direct, new(gateway, "tunnel-far.example.org"), new(gateway, "ssh-far.example.org")];
foreach (var way in near.Concat(far))
    await way.UntilReadyAsync();
Console.WriteLine($"idle: agent {agent.Usage.ResidentMegabytes:0} MiB ({(native is null ? "managed" : "native")}), "
    + $"node {node.Usage.ResidentMegabytes:0} MiB\n");
Console.WriteLine("| | direct | tunnel | ssh -R | tunnel to direct | tunnel to ssh |\n| --- | ---: | ---: | ---: | "
    + "---: | ---: |");
await RowAsync("1 KB, 32 at a time, requests/s", 0, l => l.RequestsAsync(TimeSpan.FromSeconds(3)));
foreach (var roundTrip in args.Contains("--short") ? [] : (int[])[0, 20, 80])
{
    // Both ends measure a line when they open it: each is opened anew on the one that they are to use.
    (agentLine.RoundTrip, sshLine.RoundTrip) = (TimeSpan.FromMilliseconds(roundTrip),
        TimeSpan.FromMilliseconds(roundTrip));
    farAgent.Signal("KILL");
    farClient.Signal("KILL");
    await Task.Delay(1000);
    farAgent = RunAgent("far");
    farClient = Ssh(sshLine.Port, farSsh);
    await Task.Delay(2000);
    foreach (var way in far)
        await way.UntilReadyAsync();
    await RowAsync($"down, one, {roundTrip} ms, MiB/s", roundTrip, l => l.DownAsync(128, 1));
    await RowAsync($"down, four, {roundTrip} ms, MiB/s", roundTrip, l => l.DownAsync(64, 4));
    await RowAsync($"up, one, {roundTrip} ms, MiB/s", roundTrip, l => l.UpAsync(128, 1));
    await RowAsync($"up, four, {roundTrip} ms, MiB/s", roundTrip, l => l.UpAsync(64, 4));
}

await RowAsync("token, quiet, p50 ms", 0, async l => (await l.TokensAsync())[100], lower: true);
await RowAsync("token, quiet, p99 ms", 0, async l => (await l.TokensAsync())[197], lower: true);
await RowAsync("token, beside four uploads, p50 ms", 0, async l => (await BusyAsync(l))[100], lower: true);
await RowAsync("token, beside four uploads, p99 ms", 0, async l => (await BusyAsync(l))[197], lower: true);
Console.WriteLine($"\nafterwards: agent {agent.Usage.ResidentMegabytes:0} MiB, {agent.Usage.ProcessorSeconds:0.0} s of "
    + $"processor; node {node.Usage.ResidentMegabytes:0} MiB");

async Task RowAsync(string name, int roundTrip, Func<Load, Task<double>> measure, bool lower = false)
{
    var ways = roundTrip == 0 ? near : far;
    var values = new double[ways.Length];
    for (var i = 0; i < ways.Length; i++)
    {
        var rounds = new List<double>();
        for (var round = 0; round < 3; round++)
            rounds.Add(await measure(ways[i]));
        values[i] = rounds.Order().ElementAt(1);
    }

    var format = lower ? "0.00" : "#,0";
    Console.WriteLine($"| {name} | {values[0].ToString(format)} | {values[1].ToString(format)} | "
        + $"{values[2].ToString(format)} | {values[1] / values[0]:0.00} | {values[1] / values[2]:0.00} |");
}

async Task<ChildProcess> AgentAsync(string name, int port)
{
    var folder = Path.Combine(processes.Folder, name);
    var code = await Processes.RunAsync("dotnet", "", meridian, "tunnel", "enroll", name, "--server",
        $"http://127.0.0.1:{management}");
    await Processes.RunAsync(program[0], code + "\n",
        [.. program[1..], "enroll", "--gateway", $"127.0.0.1:{port}", "--state", folder]);
    await Processes.RunAsync(program[0], "",
        [.. program[1..], "services", "add", "bench", $"127.0.0.1:{service}", "--state", folder]);
    return RunAgent(name);
}

ChildProcess RunAgent(string name) =>
    processes.Start(program[0], [.. program[1..], "run", "--state", Path.Combine(processes.Folder, name)]);

ChildProcess Ssh(int port, int forwarded) =>
    processes.Start("ssh", "-N", "-i", key, "-p", $"{port}", "-o", "StrictHostKeyChecking=no", "-o",
        "UserKnownHostsFile=/dev/null", "-R", $"127.0.0.1:{forwarded}:127.0.0.1:{service}", "127.0.0.1");

static async Task<double[]> BusyAsync(Load load)
{
    using var stop = new CancellationTokenSource();
    var uploads = Enumerable.Range(0, 4).Select(async _ =>
    {
        while (!stop.IsCancellationRequested)
            await load.UpAsync(32, 1);
    }).ToArray();
    await Task.Delay(300);
    var times = await load.TokensAsync();
    await stop.CancelAsync();
    await Task.WhenAll(uploads);
    return times;
}

static string Pool(string name, string address) =>
    TestYaml.Part("AddressPool", name, $"{{addresses: [{{{address}}}]}}")
    + TestYaml.Part("GlobalEndpoint", name, $"{{hostname: {name}.example.org, policy: Failover, "
        + $"pools: [{{pool: gateways}}], gateway: {{profile: inference, pools: [{{pool: {name}}}]}}}}");
