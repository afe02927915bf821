using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Api;
using Meridian.Testing;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Bench.Tunnels;

/// <summary>
/// A thousand agents that all lose their gateway at once: how long until they are back, and what that costs it.
/// </summary>
internal static class Storm
{
    private const int Agents = 1000;

    public static async Task RunAsync(Processes processes)
    {
        var (tunnel, management) = (Ports.Free(), Ports.Free());
        var folder = Path.Combine(processes.Folder, "authority");
        using var authority = CertificateAuthority.Open(folder, TimeProvider.System);
        File.WriteAllText(Path.Combine(processes.Folder, "s.yaml"), string.Concat(Enumerable.Range(0, Agents)
            .Select(i => TestYaml.Part("TunnelAgent", $"agent-{i}", "{publishes: [web]}"))));
        using var api = new ManagementClient(new Uri($"http://127.0.0.1:{management}"), null);
        using var trusted = X509Certificate2.CreateFromPem(authority.Pem);
        var node = Serve();
        var agents = Enumerable.Range(0, Agents).Select(i => Agent($"agent-{i}")).ToArray();
        var running = agents.Select(a => a.RunAsync(CancellationToken.None)).ToArray();
        Console.WriteLine("| | first tunnel of all agents, s | all four of each, s | node's processor until then, s | "
            + "node, MiB |\n| --- | ---: | ---: | ---: | ---: |");
        await RowAsync("a thousand agents start");
        for (var round = 0; round < 2; round++)
        {
            node.Signal("KILL");
            await node.ExitAsync();
            await Task.Delay(2000);
            node = Serve();
            await RowAsync("the gateway is killed and comes back");
        }

        async Task RowAsync(string what)
        {
            var began = Stopwatch.GetTimestamp();
            var first = TimeSpan.Zero;
            while (true)
            {
                var counts = await CountAsync();
                if (first == TimeSpan.Zero && counts.Length == Agents)
                    first = Stopwatch.GetElapsedTime(began);
                if (counts.Length == Agents && counts.All(c => c == 4))
                    break;
                if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(5))
                    throw new TimeoutException($"{counts.Length} agents, {counts.Sum()} tunnels after five minutes");
                await Task.Delay(500);
            }

            Console.WriteLine($"| {what} | {first.TotalSeconds:0.0} | "
                + $"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} | {node.Usage.ProcessorSeconds:0.0} | "
                + $"{node.Usage.ResidentMegabytes:0} |");
        }

        async Task<int[]> CountAsync()
        {
            try
            {
                return [.. (await api.TunnelsAsync(CancellationToken.None)).GroupBy(t => t.Agent)
                    .Select(g => g.Count())];
            }
            catch (ManagementException)
            {
                return []; // it is not up yet
            }
        }

        ChildProcess Serve() =>
            processes.Start("dotnet", Run.Library("meridian.dll"), "serve", "--config",
                Path.Combine(processes.Folder, "s.yaml"), "--state", Path.Combine(processes.Folder, "storm"),
            "--dns", $"127.0.0.1:{Ports.Free()}", "--management", $"127.0.0.1:{management}", "--tunnel",
                $"127.0.0.1:{tunnel}", "--tunnel-authority", folder);

        AgentServer Agent(string name)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=agent", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
            using var signed = X509Certificate2.CreateFromPem(authority.IssueAgent(name, request));
            using var whole = signed.CopyWithPrivateKey(key);
            var certificate = X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
            var options = new AgentOptions
            {
                Gateways = [new GatewayAddress("127.0.0.1", tunnel)],
                Version = "bench",
            };
            var dialer = new Dialer(new DialOptions { Authority = trusted, Certificate = () => certificate });
            return new AgentServer(options, new NoServices(), dialer, (_, _) => { }, TimeProvider.System);
        }
    }

    /// <summary>A service that nobody asks for.</summary>
    private sealed class NoServices : IServiceTable
    {
        public ImmutableArray<ServiceReport> Reports => [new ServiceReport("web", ServiceHealth.Up, "bench")];

        public Task<Socket?> ConnectAsync(string service, CancellationToken cancellationToken) =>
            Task.FromResult<Socket?>(null);
    }
}
