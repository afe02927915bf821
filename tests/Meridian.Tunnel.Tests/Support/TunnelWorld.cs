using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests.Support;

/// <summary>A gateway's end and agents' ends in one process, over real sockets and TLS.</summary>
public sealed class TunnelWorld : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<AgentServer> _agents = [];
    private readonly List<TunnelServer> _others = [];
    private readonly CancellationTokenSource _stop = new();

    private TunnelWorld()
    {
        // It is older than any certificate that tests look at.
        using (CertificateAuthority.Open(_folder.Path, new ShiftedTime(TimeSpan.FromDays(-60))))
            Authority = CertificateAuthority.Open(_folder.Path, TimeProvider.System);
    }

    public CertificateAuthority Authority { get; }

    public TestPolicy Policy { get; } = new();

    public TunnelHub Hub { get; private set; } = new();

    public TunnelServer Server { get; private set; } = null!;

    public ConcurrentQueue<string> Log { get; } = [];

    public GatewayAddress Address => new("127.0.0.1", Server.EndPoints.First().Port);

    public static async Task<TunnelWorld> StartAsync(Func<TunnelServerOptions, TunnelServerOptions>? change = null)
    {
        var world = new TunnelWorld();
        await world.ListenAsync(0, change);
        return world;
    }

    public async Task ListenAsync(int port, Func<TunnelServerOptions, TunnelServerOptions>? change = null)
    {
        Hub = new TunnelHub();
        var options = new TunnelServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
            Node = "test",
            WatchInterval = TimeSpan.FromMilliseconds(200),
        };
        Server = await TunnelServer.StartAsync(change is null ? options : change(options),
            Authority, Policy, Hub, (_, line) => Log.Enqueue(line), TimeProvider.System);
    }

    /// <summary>A certificate as enrolment gives it, now or at another time.</summary>
    public X509Certificate2 CertificateOf(string agent, TimeSpan when = default)
    {
        using var authority = CertificateAuthority.Open(_folder.Path, new ShiftedTime(when));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = TestRequest.Make("CN=whatever", key);
        using var certificate = X509Certificate2.CreateFromPem(authority.IssueAgent(agent, request));
        using var whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    public Dialer DialerOf(X509Certificate2? certificate, params TunnelForm[] forms) => new(new DialOptions
    {
        Authority = X509Certificate2.CreateFromPem(Authority.Pem),
        Certificate = () => certificate,
        Forms = forms.Length > 0 ? [.. forms] : [TunnelForm.Tls, TunnelForm.Upgrade, TunnelForm.WebSocket],
    });

    /// <summary>Starts an agent, and waits until all of its connections stand.</summary>
    public async Task<AgentServer> ConnectAsync(string agent, IServiceTable services, int connections = 4,
        params TunnelForm[] forms)
    {
        var before = Hub.Sessions.GetValueOrDefault(agent, []).Length;
        var server = Run(agent, services, connections, forms).Server;
        await UntilAsync(() => Hub.Sessions.GetValueOrDefault(agent, []).Length == before + connections, "connections");
        return server;
    }

    /// <summary>Starts an agent.</summary>
    public (AgentServer Server, Task<Refusal?> Running) Run(string agent, IServiceTable services, int connections = 4,
        params TunnelForm[] forms) =>
        Run(DialerOf(CertificateOf(agent), forms), services, connections);

    /// <summary>Starts an agent with a dialler of its own.</summary>
    public (AgentServer Server, Task<Refusal?> Running) Run(Dialer dialer, IServiceTable services, int connections)
    {
        var server = new AgentServer(new AgentOptions
        {
            Gateways = [Address],
            Connections = connections,
            Version = "test",
        }, services, dialer, (_, line) => Log.Enqueue($"agent: {line}"), TimeProvider.System);
        _agents.Add(server);
        return (server, server.RunAsync(_stop.Token));
    }

    /// <summary>Another gateway of the same authority, with what it allows.</summary>
    public async Task<(GatewayAddress Address, TunnelHub Hub)> StartAnotherAsync(TestPolicy policy, int port = 0)
    {
        var hub = new TunnelHub();
        var server = await TunnelServer.StartAsync(
            new TunnelServerOptions
            {
                EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
                Node = "another",
                WatchInterval = TimeSpan.FromMilliseconds(200),
            },
            Authority, policy, hub, (_, line) => Log.Enqueue($"another: {line}"), TimeProvider.System);
        _others.Add(server);
        return (new GatewayAddress("127.0.0.1", server.EndPoints.First().Port), hub);
    }

    /// <summary>Starts an agent that dials several gateways, and soon goes back to those that were away.</summary>
    public (AgentServer Server, Task<Refusal?> Running) RunAt(string agent, IServiceTable services, int connections,
        params GatewayAddress[] gateways)
    {
        var server = new AgentServer(new AgentOptions
        {
            Gateways = [.. gateways],
            Connections = connections,
            Version = "test",
            ReturnInterval = TimeSpan.FromMilliseconds(200),
        }, services, DialerOf(CertificateOf(agent)), (level, line) => Log.Enqueue($"agent: {level}: {line}"),
            TimeProvider.System);
        _agents.Add(server);
        return (server, server.RunAsync(_stop.Token));
    }

    public Task UntilAsync(Func<bool> condition, string what) =>
        Wait.UntilAsync(condition, () => $"no {what}:\n{string.Join('\n', Log)}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_agents.Select(a => a.DisposeAsync().AsTask()));
        await Server.DisposeAsync();
        foreach (var other in _others)
            await other.DisposeAsync();
        Authority.Dispose();
        _folder.Dispose();
    }
}
