using System.Net;
using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Peers;

/// <summary>
/// HAProxy and nginx as addresses, which close connections that are idle for a tenth of a second, and nginx after seven
/// requests: every client gets the answer to its own request, whatever it meets.
/// </summary>
public sealed class RealBackendTests
{
    private const int Clients = 4;
    private const int Requests = 60;

    [Theory]
    [InlineData("haproxy", "haproxy", "1.1")]
    [InlineData("haproxy", "haproxy", "2.0")]
    [InlineData("nginx", "nginx-light", "1.1")]
    [InlineData("nginx", "nginx-light", "2.0")]
    public async Task Every_client_gets_its_own_answer_while_idle_connections_end(string program, string package,
        string version)
    {
        Assert.SkipUnless(Run.Has(program), $"{program} is not installed; on Debian: apt-get install {package}");
        using var folder = new TestFolder();
        var port = Ports.Free();
        await using var server = program == "haproxy"
            ? ChildProcess.Start(program, "-db", "-f", folder.Write("haproxy.cfg", HaProxy(port)))
            : ChildProcess.Start(program, "-p", folder.Path, "-e", "stderr", "-c",
                folder.Write("nginx.conf", Nginx(folder.Path, port)));
        await server.UntilAnswersAsync(new Uri($"http://127.0.0.1:{port}/"));
        await using var world = await GatewayWorld.StartAsync("profile: inference", Backend.At("real", port));

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => AskAsync(world, i, Version.Parse(version))));
        Assert.Empty(world.Evidence);
    }

    // The pauses are about as long as a connection may be idle, so that it ends before, while and after it is used.
    private static async Task AskAsync(GatewayWorld world, int seed, Version version)
    {
        var random = new Random(seed);
        using var client = world.Client(version);
        for (var i = 0; i < Requests; i++)
        {
            var (target, method) = ($"/{seed}/{i}", (string[])["GET", "HEAD", "POST"]);
            using var request = new HttpRequestMessage(new HttpMethod(method[i % 3]), target);
            if (i % 3 == 2)
                request.Content = new StringContent("body");
            using var answer = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(i % 3 == 1 ? "" : target, await answer.Content.ReadAsStringAsync());
            await Task.Delay(random.Next(150));
        }
    }

    private static string HaProxy(int port) => $"""
        global
          maxconn 100
        defaults
          mode http
          timeout connect 1s
          timeout client 5s
          timeout server 5s
          timeout http-request 300ms
          timeout http-keep-alive 100ms
        frontend front
          bind 127.0.0.1:{port}
          http-request return status 200 content-type text/plain lf-string "%[path]"

        """;

    private static string Nginx(string folder, int port) => $$"""
        daemon off;
        master_process off;
        pid {{folder}}/pid;
        events {}
        http {
          access_log off;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          scgi_temp_path {{folder}}/scgi;
          server {
            listen 127.0.0.1:{{port}};
            keepalive_timeout 100ms;
            keepalive_requests 7;
            default_type text/plain;
            location / { return 200 $request_uri; }
          }
        }
        """;
}
