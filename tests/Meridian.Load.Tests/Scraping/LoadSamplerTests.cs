using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Load.Scraping;
using Meridian.Model.Loads;
using Meridian.Model.Resources;

namespace Meridian.Load.Tests.Scraping;

/// <summary>Over real sockets, in real time.</summary>
public sealed class LoadSamplerTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

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
            && _sampler.FaultOf(two.Key) == "Connection refused");
    }

    [Fact]
    public async Task What_is_no_longer_wanted_is_not_read_again()
    {
        await using var server = new MetricsServer(() => "vllm:num_requests_running 1\n");
        _sampler.Update([Target(server.Port)]);
        await UntilAsync(() => !_figures.IsEmpty);
        _sampler.Update([]);
        Assert.Null(_sampler.FaultOf(Target(server.Port).Key));
        await Task.Delay(100, TestContext.Current.CancellationToken);
        var before = server.Requests;
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(before, server.Requests);
    }

    private static LoadTarget Target(int port) => new(new LoadKey("p", "127.0.0.1", port), new LoadSignal
    {
        Name = "s",
        Scrape = new LoadScrape
        {
            Engine = LoadEngine.Vllm,
            Interval = TimeSpan.FromMilliseconds(50),
            Timeout = TimeSpan.FromMilliseconds(500),
        },
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
            await Task.Delay(10, limit.Token);
    }

    /// <summary>Serves one text by HTTP/1.1.</summary>
    private sealed class MetricsServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _loop;
        private int _requests;

        public MetricsServer(Func<string> body, string status = "200 OK")
        {
            _listener.Start();
            _loop = Task.Run(async () =>
            {
                try
                {
                    while (true)
                        _ = ServeAsync(await _listener.AcceptTcpClientAsync(), body, status);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    // Stopped.
                }
            });
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Requests => Volatile.Read(ref _requests);

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _loop;
        }

        private async Task ServeAsync(TcpClient client, Func<string> body, string status)
        {
            using var owned = client;
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.Length > 0)
                    continue;
                Interlocked.Increment(ref _requests);
                var text = body();
                await client.GetStream()
                    .WriteAsync(Encoding.ASCII.GetBytes(
                        $"HTTP/1.1 {status}\r\nContent-Length: {text.Length}\r\n\r\n{text}"));
            }
        }
    }
}
