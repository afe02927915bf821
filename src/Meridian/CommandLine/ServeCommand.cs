using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Meridian.Dns.Sockets;
using Meridian.Gateway;
using Meridian.Gateway.Tcp;
using Meridian.Management;
using Meridian.Running;

namespace Meridian.CommandLine;

/// <summary><c>meridian serve</c>: runs a node.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var config = new Option<string[]>("--config")
        {
            Description = "YAML files, or folders of them",
            AllowMultipleArgumentsPerToken = true,
        };
        var kubernetes = new Option<bool>(
            "--kubernetes") { Description = "Read resources from a Kubernetes cluster, beside --config or in its place: the one that this runs in, or that of --kubeconfig" };
        var kubeconfig = new Option<string?>(
            "--kubeconfig") { Description = "Kubeconfig file of the cluster for --kubernetes" };
        var context = new Option<string?>(
            "--kube-context") { Description = "Context of the kubeconfig; its current one by default" };
        var ns = new Option<string?>("--namespace") { Description = "Namespace that resources are read from; all by default" };
        var dns = Arguments.EndPoints("--dns", "Addresses to answer DNS on, UDP and TCP", "127.0.0.1:5300");
        var tls = Arguments.EndPoints("--dns-tls", "Addresses to answer DNS over TLS on (RFC 7858); off by default",
            "127.0.0.1:853");
        tls.DefaultValueFactory = _ => [];
        var https = Arguments.EndPoints("--dns-https",
            "Addresses to answer DNS over HTTPS on, at /dns-query (RFC 8484); off by default", "127.0.0.1:443");
        https.DefaultValueFactory = _ => [];
        var dnsCertificate = new Option<string?>(
            "--dns-cert") { Description = "PEM file with the certificate chain for --dns-tls and --dns-https, read again when it changes" };
        var dnsKey = new Option<string?>("--dns-key") { Description = "PEM file with its private key" };
        var rate = new Option<int>("--rate-limit")
        {
            Description = "UDP responses a second about one name to one network (/24, /56) that has no cookie; 0 for no limit, and loopback has none",
            DefaultValueFactory = _ => 500,
        };
        var cookies = new Option<string?>(
            "--cookie-secrets") { Description = "File with cookie secrets that nodes behind one address share, one of 32 hexadecimal digits a line" };
        var queryLog = new Option<string?>(
            "--query-log") { Description = "File that a sample of the queries is written to, as JSON lines" };
        var sample = new Option<int>("--query-log-sample")
        {
            Description = "One query in how many is written",
            DefaultValueFactory = _ => 100,
        };
        var gateway = Arguments.EndPoints("--gateway",
            "Addresses of the HTTP gateway, HTTP/1.1 and HTTP/2 without TLS; off by default", "127.0.0.1:8080");
        gateway.DefaultValueFactory = _ => [];
        var gatewayTls = Arguments.EndPoints("--gateway-tls", "Addresses of the HTTP gateway over TLS; off by default",
            "127.0.0.1:8443");
        gatewayTls.DefaultValueFactory = _ => [];
        var gatewayCertificates = new Option<string[]>("--gateway-cert")
        {
            Description = "PEM files with a certificate chain and its key (in the file, or beside it in .key), or folders of them, read again when they change",
            AllowMultipleArgumentsPerToken = true,
        };
        var tcp = Arguments.PortRanges("--tcp",
            "Ports that endpoints with `tcp.port` may ask for, such as 0.0.0.0:22000-22999; none by default");
        var trusted = new Option<string[]>("--gateway-trust")
        {
            Description = "Networks whose X-Forwarded-For and Forwarded are believed, such as those of a load balancer in front",
            AllowMultipleArgumentsPerToken = true,
        };
        var tunnel = Arguments.EndPoints("--tunnel",
            "Addresses that agents of private sites dial; with it they may dial those of --gateway-tls as well. Off by default", "0.0.0.0:7443");
        tunnel.DefaultValueFactory = _ => [];
        var tunnelAuthority = new Option<string?>(
            "--tunnel-authority") { Description = "Folder with tunnel-ca.crt and tunnel-ca.key, which several nodes share; made in the --state folder by default" };
        var handover = new Option<int>(
            "--handover") { Description = "Seconds that a node which is asked to stop serves on while clients and agents go to the other Nodes, where there are any", DefaultValueFactory = _ => 5 };
        var traces = new Option<string?>("--traces")
        {
            Description = "Where the gateway's spans go by OTLP, such as http://127.0.0.1:4318 (4317 for gRPC); off unless this or OTEL_EXPORTER_OTLP_ENDPOINT says where",
        };
        var management = Arguments.EndPoint("--management", "Address of the management API and metrics",
            "127.0.0.1:8053");
        var health = Arguments.EndPoints("--health",
            "Address of /healthz, /readyz and /metrics alone, for probes and Prometheus; off by default",
            "0.0.0.0:8081");
        health.DefaultValueFactory = _ => [];
        var certificate = new Option<string?>(
            "--management-cert") { Description = "PEM file with the API's certificate chain; needed off loopback" };
        var key = new Option<string?>("--management-key") { Description = "PEM file with its private key" };
        var token = new Option<string?>(
            "--management-token-file") { Description = "File with the bearer token that the API asks for; needed off loopback" };
        var state = new Option<string>("--state")
        {
            Description = "Folder for what outlives a restart",
            DefaultValueFactory = _ => StateFolder.Default,
        };
        var geo = new Option<string[]>("--geo")
        {
            Description = "Geography files: MMDB, tor-geoipdb's geoip and geoip6, or a network,country,latitude,longitude,asn,city table; later ones win",
            AllowMultipleArgumentsPerToken = true,
        };
        var resolver = Arguments.EndPoints("--resolver",
            "Name servers that resolve pools with flatten; the system's by default", "127.0.0.1:53");
        resolver.DefaultValueFactory = _ => [];
        var node = new Option<string>("--node")
        {
            Description = "Name of this node",
            DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant(),
        };
        var chaos = new Option<bool>("--chaos") { Description = "Answer version.bind and id.server" };
        var log = new Option<string>("--log")
        {
            Description = "How to log: text, or json with ECS field names",
            DefaultValueFactory = _ => "text",
        }
            .AcceptOnlyFromAmong("text", "json");
        var command = new ExampleCommand("serve", "Run a node.",
            "meridian serve --config ./config --dns 0.0.0.0:53 --geo /usr/share/tor/geoip")
        {
            config, kubernetes, kubeconfig, context, ns, dns, tls, https, dnsCertificate, dnsKey, rate, cookies,
                queryLog, sample, gateway, gatewayTls, gatewayCertificates, tcp, trusted, tunnel, tunnelAuthority,
                handover, traces, management, health, certificate, key, token, state, geo, resolver, node, chaos, log,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new NodeOptions
            {
                Configuration = [.. result.GetValue(config) ?? []],
                Kubernetes = KubernetesOf(result.GetValue(kubernetes), result.GetValue(kubeconfig),
                    result.GetValue(context), result.GetValue(ns)),
                Dns = [.. result.GetRequiredValue(dns)],
                RateLimit = Math.Max(0, result.GetValue(rate)),
                CookieSecrets = result.GetValue(cookies),
                QueryLog = result.GetValue(queryLog),
                QueryLogSample = Math.Max(1, result.GetValue(sample)),
                DnsTls = [.. result.GetValue(tls) ?? []],
                DnsHttps = [.. result.GetValue(https) ?? []],
                DnsCertificate = CertificateOf(result.GetValue(dnsCertificate), result.GetValue(dnsKey),
                    (result.GetValue(tls) ?? []).Length + (result.GetValue(https) ?? []).Length > 0),
                StateFolder = result.GetRequiredValue(state),
                GeoFiles = [.. result.GetValue(geo) ?? []],
                Resolvers = [.. result.GetValue(resolver) ?? []],
                Name = result.GetRequiredValue(node),
                Chaos = result.GetValue(chaos),
                Gateway = GatewayOf(result.GetValue(gateway) ?? [], result.GetValue(gatewayTls) ?? [],
                    result.GetValue(gatewayCertificates) ?? [], result.GetValue(tcp) ?? [],
                    result.GetValue(trusted) ?? []),
                Tunnel = result.GetValue(tunnel) is { Length: > 0 } dialled
                    ? new TunnelOptions
                    {
                        EndPoints = [.. dialled],
                        AuthorityFolder = result.GetValue(tunnelAuthority) ?? result.GetRequiredValue(state),
                    } : null,
                Handover = TimeSpan.FromSeconds(Math.Clamp(result.GetValue(handover), 0, 3600)),
                Traces = TracesOf(result.GetValue(traces)),
                Management = new ManagementOptions
                {
                    EndPoint = result.GetValue(management)!,
                    Health = (result.GetValue(health) ?? []).FirstOrDefault(),
                    Certificate = result.GetValue(certificate),
                    Key = result.GetValue(key),
                    Token = Arguments.ReadToken(result.GetValue(token)),
                },
            },
            result.GetRequiredValue(log) == "json" ? EcsFormatter.FormatterName : PlainFormatter.FormatterName,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(NodeOptions options, string format, CancellationToken cancellationToken)
    {
        NodeGateway.Prepare(options);
        if (options.Configuration.IsEmpty && options.Kubernetes is null)
        {
            await Console.Error.WriteLineAsync(
                "meridian: there is nothing to serve: give --config PATH, or --kubernetes; `meridian serve --help` shows how");
            return ExitCode.WrongUsage;
        }

        using var logs = Logging.Create(format);
        LoadedConfiguration configuration;
        NodeKubernetes? kubernetes = null;
        try
        {
            kubernetes = await NodeKubernetes.StartAsync(options.Kubernetes, options.StateFolder, TimeProvider.System,
                NodeLog.Of(logs), cancellationToken);

            // A million names take seconds to read: who asks to stop meanwhile is heard.
            configuration = await Task.Run(() => options.Kubernetes is null
                ? LoadedConfiguration.Load(options.Configuration)
                : LoadedConfiguration.Load(options.Configuration, kubernetes.Objects, kubernetes.Saved),
                CancellationToken.None).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (kubernetes is not null)
                await kubernetes.DisposeAsync();
            return ExitCode.Done;
        }

        if (!configuration.Faults.IsEmpty)
        {
            await kubernetes.DisposeAsync();
            foreach (var fault in configuration.Faults)
                await Console.Error.WriteLineAsync(fault.ToString());
            await Console.Error.WriteLineAsync("meridian: the configuration has faults; nothing was started");
            return ExitCode.CannotStart;
        }

        ManagementServer.Check(options.Management, configuration.Resources.AccessPolicies.Count > 0);
        await using var node = await Node.StartAsync(options, configuration, kubernetes, TimeProvider.System, logs);
        await using var management = await ManagementServer.StartAsync(NodeManagement.Of(node, TimeProvider.System),
            options.Management, TimeProvider.System, logs);
        await using var https = await HttpsDnsServer.StartAsync(node, options, logs);
        using var traces = NodeTraces.Start(options);
        await using var tunnels = await node.StartTunnelsAsync();
        await using var gateway = await NodeGateway.StartAsync(node, options, TimeProvider.System, logs);
        await using var ports = node.Gateway is null ? null : new TcpServer(node.Gateway, options.Gateway!, logs);
        using var reload = OperatingSystem.IsWindows()
            ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            node.Reload();
        });
        await Forever(cancellationToken);
        // asked once more
        using var hurry = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Environment.Exit(ExitCode.Done));
        await node.LeaveAsync();
        return ExitCode.Done;
    }

    private static KubernetesOptions? KubernetesOf(bool wanted, string? kubeconfig, string? context, string? ns) =>
        (wanted, kubeconfig) switch
    {
        (true, _) => new KubernetesOptions(kubeconfig, context, ns),
        (false, not null) =>
        throw new StartException("--kubeconfig is for --kubernetes; to read addresses in a cluster from a file, write a Cluster with `access.file`"),
        _ => null,
    };

    private static Uri? TracesOf(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var place) && place.Scheme is "http" or "https" ? place
        : throw new StartException($"--traces {text} is not a URL such as http://127.0.0.1:4318");

    private static GatewayOptions? GatewayOf(IPEndPoint[] http, IPEndPoint[] https, string[] certificates,
        PortRange[] tcp, string[] trusted)
    {
        if (http.Length + https.Length + tcp.Length == 0)
            return null;
        if (https.Length > 0 && certificates.Length == 0)
            throw new StartException("--gateway-tls needs --gateway-cert");
        var networks = new List<IPNetwork>();
        foreach (var text in trusted)
        {
            if (!IPNetwork.TryParse(text, out var network))
                throw new StartException($"--gateway-trust {text} is not a network such as 10.0.0.0/8");
            networks.Add(network);
        }

        return new GatewayOptions
        {
            Http = [.. http],
            Https = [.. https],
            Certificates = [.. certificates],
            Tcp = [.. tcp],
            Trusted = [.. networks],
        };
    }

    private static TlsCertificate? CertificateOf(string? certificate, string? key, bool needed)
    {
        if (!needed)
            return null;
        if (certificate is null || key is null)
            throw new StartException("DNS over TLS or HTTPS needs --dns-cert and --dns-key");
        try
        {
            return new TlsCertificate(certificate, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            throw new StartException($"the certificate {certificate} cannot be loaded: {e.Message}");
        }
    }

    /// <summary>Waits for SIGINT or SIGTERM, which the command line turns into a cancellation.</summary>
    internal static async Task Forever(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }
}
