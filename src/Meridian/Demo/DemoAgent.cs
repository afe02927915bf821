using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Api;
using Meridian.Running;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Demo;

/// <summary>
/// The agent of the demo's third site. In this process it does what `meridian-agent` does: it is enrolled by a code and
/// dials the node's tunnel port. To kill it is to close its connections without notice.
/// </summary>
internal sealed class DemoAgent(ITunnels tunnels, DemoSite site, int port) : IServiceTable, IAsyncDisposable
{
    public const string Name = "frankfurt-lab";
    public const string Service = "web";

    private readonly GatewayAddress _gateway = new("127.0.0.1", port);
    private X509Certificate2? _authority;
    private X509Certificate2? _certificate;
    private AgentServer? _server;
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public ImmutableArray<ServiceReport> Reports =>
        [new ServiceReport(Service, site.Mode == SiteMode.Ok ? ServiceHealth.Up : ServiceHealth.Down,
            $"the site is {site.Mode.ToString().ToLowerInvariant()}")];

    public bool Runs => _server is not null;

    /// <summary>Starts it, and waits until a tunnel is connected.</summary>
    public async Task StartAsync()
    {
        if (_server is not null)
            return;
        _certificate ??= await EnrollAsync();
        _stop = new CancellationTokenSource();
        _server = new AgentServer(new AgentOptions { Gateways = [_gateway], Version = "demo", Drain = TimeSpan.Zero },
            this, new Dialer(new DialOptions { Authority = _authority, Certificate = () => _certificate }),
            (_, _) => { }, TimeProvider.System);
        _running = _server.RunAsync(_stop.Token);
        while (!_running.IsCompleted && _server.Links.All(l => l.Fault is not null))
            await Task.Delay(TimeSpan.FromMilliseconds(10));
    }

    /// <summary>Reports to the node that the site has changed.</summary>
    public Task ReportAsync() => _server?.ReportAsync() ?? Task.CompletedTask;

    /// <summary>Ends it as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_server is not { } server)
            return;
        _server = null;
        await _stop.CancelAsync();
        await _running;
        await server.DisposeAsync();
    }

    public async Task<Socket?> ConnectAsync(string service, CancellationToken cancellationToken)
    {
        if (service != Service)
            return null;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(site.EndPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _stop.Dispose();
        _authority?.Dispose();
        _certificate?.Dispose();
    }

    private async Task<X509Certificate2> EnrollAsync()
    {
        var code = EnrollmentCode.Parse((await tunnels.EnrollAsync(Name)).Code!.Code)!;
        _authority = await Dialer.AuthorityAsync(_gateway, code.Pin, null, CancellationToken.None);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=agent", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var dialer = new Dialer(new DialOptions { Authority = _authority, Certificate = () => null });
        var (status, text) = await dialer.AskAsync(_gateway, TunnelTokens.EnrollPath, $"{code.Secret}\n{request}",
            CancellationToken.None);
        if (status != (int)HttpStatusCode.OK)
            throw new StartException($"the demo's agent is not enrolled: {text}");
        using var certificate = X509Certificate2.CreateFromPem(text);
        using var whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
