using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.ExternalDns.Tests;

public sealed class NodeConnectionsTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _log = [];
    private readonly X509Certificate2 _old = TestCertificate.Create("old authority", isAuthority: true);
    private readonly X509Certificate2 _new = TestCertificate.Create("new authority", isAuthority: true);
    private Task _serving = Task.CompletedTask;

    public ValueTask InitializeAsync()
    {
        _listener.Start();
        _serving = ServeAsync(TestCertificate.Issue("node.example.org", _new));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _old.Dispose();
        _new.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Authorities_and_token_are_those_of_their_files_now_and_a_file_with_a_fault_changes_nothing()
    {
        var options = new WebhookOptions
        {
            Servers = [],
            AuthorityFile = _folder.Write("ca.pem", _old.ExportCertificatePem()),
            TokenFile = _folder.Write("token", "first\n"),
        };
        using var connections = new NodeConnections(options, 1000, _log.Add);
        Assert.Equal((false, "first"), await AskAsync(connections));

        _folder.Write("ca.pem", _new.ExportCertificatePem());
        _folder.Write("token", "second\n");
        Assert.Equal((true, "second"), await AskAsync(connections));
        Assert.Empty(_log);

        _folder.Write("ca.pem", "no certificate");
        Assert.Equal((true, "second"), await AskAsync(connections));
        Assert.Equal($"the authorities in {options.AuthorityFile} cannot be used, and those from before are: "
            + "it holds no certificate", Assert.Single(_log));
    }

    private async Task<(bool IsTrusted, string? Token)> AskAsync(NodeConnections connections)
    {
        var (http, token) = connections.Read();
        using var request = new HttpRequestMessage(HttpMethod.Get,
            new Uri($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"));
        request.Headers.Host = "node.example.org"; // which is the name that TLS asks for
        try
        {
            using var response = await http.SendAsync(request).WithinAsync(30);
            return (response.StatusCode == HttpStatusCode.NoContent, token);
        }
        catch (HttpRequestException)
        {
            return (false, token);
        }
    }

    private async Task ServeAsync(X509Certificate2 certificate)
    {
        using var own = certificate;
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(own);
                await tls.ReadAtLeastAsync(new byte[16], 16);
                await tls.WriteAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray());
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client does not trust the certificate.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
