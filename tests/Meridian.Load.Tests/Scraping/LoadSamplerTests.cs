using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Meridian.Load.Scraping;
using Meridian.Model.Loads;
using Meridian.Model.Resources;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Load.Tests.Scraping;

/// <summary>Over real sockets, in real time.</summary>
public sealed class LoadSamplerTests : IAsyncDisposable
{
    private const string Metrics = "vllm:num_requests_running 1\n";

    private readonly ConcurrentQueue<(LoadKey Key, LoadFigure Figure)> _figures = [];
    private readonly LoadSampler _sampler;

    public LoadSamplerTests() =>
        _sampler = new LoadSampler(TimeProvider.System, (key, figure) => _figures.Enqueue((key, figure)));

    public ValueTask DisposeAsync() => _sampler.DisposeAsync();

    [Fact]
    public async Task Metrics_are_read_again_and_again()
    {
        var running = 0;
        await using var server = new MetricsServer(() => $"vllm:num_requests_running {++running}\n");
        _sampler.Update([Target(server.Port)]);

        await UntilAsync(() => _figures.Count >= 3);

        Assert.Equal([1.0, 2, 3], _figures.Take(3).Select(f => f.Figure.Running ?? -1));
        Assert.Equal(Target(server.Port).Key, _figures.First().Key);
        Assert.Null(_sampler.FaultOf(Target(server.Port).Key));
    }

    [Theory]
    [InlineData("200 OK", "up 1\n", "the metrics hold none of vllm:")]
    [InlineData("500 Internal Server Error", "", "http: 500")]
    [InlineData("301 Moved Permanently", "", "http: 301")]
    public async Task What_is_wrong_with_an_address_is_told(string status, string body, string fault)
    {
        await using var server = new MetricsServer(() => body, status);
        var target = Target(server.Port);
        _sampler.Update([target]);
        await UntilAsync(() => _sampler.FaultOf(target.Key)?.StartsWith(fault, StringComparison.Ordinal) is true);
        Assert.Empty(_figures);
        Assert.True(_sampler.Scrapes.Failed > 0);
    }

    [Fact]
    public async Task Silence_is_a_timeout_and_nobody_there_a_refusal()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var gone = new TcpListener(IPAddress.Loopback, 0);
        gone.Start();
        var (one, two) = (Target(((IPEndPoint)silent.LocalEndpoint).Port),
            Target(((IPEndPoint)gone.LocalEndpoint).Port));
        gone.Stop();
        _sampler.Update([one, two]);
        await UntilAsync(() => _sampler.FaultOf(one.Key) == "timeout"
            && _sampler.FaultOf(two.Key) == "connection refused");
    }

    [Fact]
    public async Task What_is_no_longer_wanted_is_not_read_again()
    {
        await using var gone = new MetricsServer(() => Metrics);
        await using var other = new MetricsServer(() => Metrics);
        _sampler.Update([Target(gone.Port)]);
        await UntilAsync(() => gone.Requests > 0);

        // Once the other has been read, no reading of the first is under way any more.
        _sampler.Update([Target(other.Port)]);
        Assert.Null(_sampler.FaultOf(Target(gone.Port).Key));
        await UntilAsync(() => other.Requests >= 2);
        var before = gone.Requests;
        await UntilAsync(() => other.Requests >= 5);

        Assert.Equal(before, gone.Requests);
    }

    [Fact]
    public async Task A_target_is_begun_anew_when_its_settings_change_and_only_then()
    {
        await using var sampler = new LoadSampler(new FakeTimeProvider(), (_, _) => { });
        await using var server = new MetricsServer(() => Metrics);
        await using var other = new MetricsServer(() => Metrics);
        var target = Target(server.Port);
        sampler.Update([target]);
        await UntilAsync(() => sampler.Scrapes.Completed == 1);

        // Time stands still: an address is read once, when it is begun.
        sampler.Update([target, Target(other.Port)]);
        await UntilAsync(() => sampler.Scrapes.Completed == 2);
        Assert.Equal((1, 1), (server.Requests, other.Requests));

        var changed = target.Scrape with { Interval = TimeSpan.FromSeconds(7) };
        sampler.Update([target with { Signal = target.Signal with { Scrape = changed } }, Target(other.Port)]);
        await UntilAsync(() => sampler.Scrapes.Completed == 3);
        Assert.Equal((2, 1), (server.Requests, other.Requests));
        Assert.Equal(0, sampler.Scrapes.Failed);
    }

    [Fact]
    public async Task A_reading_that_does_not_end_is_told_until_it_does()
    {
        var time = new FakeTimeProvider();
        using var hold = new ManualResetEventSlim();
        using var held = new SemaphoreSlim(0);
        await using var server = new MetricsServer(() => Metrics);
        await using var sampler = new LoadSampler(time, (_, _) =>
        {
            held.Release();
            hold.Wait(TestTime.Limit(30));
        });
        sampler.Update([Target(server.Port)]);
        try
        {
            Assert.True(await held.WaitAsync(TestTime.Limit(30)));
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.Null(sampler.Stalled);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("127.0.0.1", sampler.Stalled);
        }
        finally
        {
            hold.Set();
        }

        await Wait.UntilAsync(() => sampler.Stalled is null, () => sampler.Stalled ?? "");
    }

    [Fact]
    public async Task More_than_8_MiB_of_metrics_are_a_fault()
    {
        var line = new string('#', 1023) + "\n";
        var longest = string.Concat(Enumerable.Repeat(line, 8 * 1024 - 1)) + Metrics.PadRight(1024);
        await using var full = new MetricsServer(() => longest);
        await using var over = new MetricsServer(() => longest + " ");
        _sampler.Update([Target(full.Port, timeout: 20), Target(over.Port, timeout: 20)]);
        await UntilAsync(() => !_figures.IsEmpty);
        await UntilAsync(() => _sampler.FaultOf(Target(over.Port).Key) == "the metrics are longer than 8 MiB");
        Assert.DoesNotContain(Target(over.Port).Key, _figures.Select(f => f.Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_is_verified_unless_the_signal_says_otherwise(bool verify)
    {
        using var certificate = TestCertificate.Create("metrics.example.org");
        await using var server = new MetricsServer(() => Metrics, certificate: certificate);
        var target = Target(server.Port, timeout: 20);
        var scrape = target.Scrape with { Scheme = HttpScheme.Https, Tls = target.Scrape.Tls with { Verify = verify } };
        _sampler.Update([target with { Signal = target.Signal with { Scrape = scrape } }]);
        await UntilAsync(() => !_figures.IsEmpty || _sampler.FaultOf(target.Key) is not null);
        Assert.Equal(verify, _figures.IsEmpty);
        Assert.Equal(verify, _sampler.FaultOf(target.Key) is not null);
    }

    [Fact]
    public async Task A_service_behind_a_tunnel_is_read_through_it()
    {
        await using var server = new MetricsServer(() => Metrics);
        var source = new TunnelSource { Agent = "lab", Service = "kokoro" };
        TunnelSource? asked = null;
        await using var sampler = new LoadSampler(TimeProvider.System,
            (key, figure) => _figures.Enqueue((key, figure)), async (tunnel, cancellationToken) =>
            {
                asked = tunnel;
                var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
                return client.GetStream();
            });
        sampler.Update([Target(1) with { Tunnel = source }]);
        await UntilAsync(() => !_figures.IsEmpty);
        Assert.Equal(source, asked);
    }

    [Fact]
    public async Task Without_tunnels_a_service_behind_one_is_a_fault()
    {
        var target = Target(1) with { Tunnel = new TunnelSource { Agent = "lab", Service = "kokoro" } };
        _sampler.Update([target]);
        await UntilAsync(() =>
            _sampler.FaultOf(target.Key)?.Contains("not behind a tunnel", StringComparison.Ordinal) is true);
    }

    [Fact]
    public async Task A_request_says_who_asks_and_what_for()
    {
        await using var server = new MetricsServer(() => Metrics);
        _sampler.Update([Target(server.Port)]);
        await UntilAsync(() => !_figures.IsEmpty);
        Assert.Contains("User-Agent: meridian-load", server.Lines);
        Assert.Contains("Accept: text/plain; version=0.0.4", server.Lines.Select(l => l.Replace(";v", "; v")));
    }

    private static LoadTarget Target(int port, double timeout = 0.5) => new(
        new LoadKey("p", "127.0.0.1", port), new LoadSignal
        {
            Name = "s",
            Scrape = new LoadScrape
            {
                Engine = LoadEngine.Vllm,
                Interval = TimeSpan.FromMilliseconds(50),
                Timeout = TimeSpan.FromSeconds(timeout),
            },
        });

    private Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(condition,
        () => $"{_sampler.Scrapes}: {string.Join(", ", _figures.Select(f => $"{f.Key} {f.Figure}"))}");

    /// <summary>Serves one text by HTTP/1.1.</summary>
    private sealed class MetricsServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _loop;
        private int _requests;

        public MetricsServer(Func<string> body, string status = "200 OK", X509Certificate2? certificate = null)
        {
            _listener.Start();
            _loop = Task.Run(async () =>
            {
                try
                {
                    while (true)
                        _ = ServeAsync(await _listener.AcceptTcpClientAsync(), body, status, certificate);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    // Stopped.
                }
            });
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public ConcurrentQueue<string> Lines { get; } = [];

        public int Requests => Volatile.Read(ref _requests);

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _loop;
        }

        private async Task ServeAsync(TcpClient client, Func<string> body, string status,
            X509Certificate2? certificate)
        {
            using var owned = client;
            try
            {
                Stream stream = client.GetStream();
                if (certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(certificate);
                    stream = tls;
                }

                using var reader = new StreamReader(stream, Encoding.ASCII);
                while (await reader.ReadLineAsync() is { } line)
                {
                    Lines.Enqueue(line);
                    if (line.Length > 0)
                        continue;
                    Interlocked.Increment(ref _requests);
                    var text = body();
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(
                        $"HTTP/1.1 {status}\r\nContent-Length: {text.Length}\r\n\r\n{text}"));
                }
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The client has gone, or does not like the certificate.
            }
        }
    }
}
