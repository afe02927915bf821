using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meridian.Bench.Gateway;

/// <summary>
/// Many event streams at once: what each costs in memory, and what the gateway adds to the time to first octet beside
/// them.
/// </summary>
internal static class Streams
{
    private const int Samples = 2000;

    public static async Task RunAsync(string folder, int count)
    {
        if (OperatingSystem.IsLinux())
            Process.GetCurrentProcess().ProcessorAffinity = 1 << Proxies.GeneratorCore;
        const int BackendPort = 18080;
        using var backend = new EventBackend(BackendPort);
        await using var gateway = await Proxies.MeridianAsync(folder, 18130, BackendPort);
        await FirstByteAsync(gateway.Port);
        await FirstByteAsync(BackendPort);
        var quietDirect = await FirstByteAsync(BackendPort);
        var quiet = await FirstByteAsync(gateway.Port);
        var before = gateway.Usage.ResidentMegabytes;

        // A fifth by HTTP/2, so that ten thousand streams fit into twenty thousand descriptors of the gateway.
        var sockets = new List<Socket>();
        using var client = new HttpClient(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Host = "app.bench.test";
        var multiplexed = new List<Task<int>>();
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < count; i++)
        {
            if (i % 5 == 0)
                multiplexed.Add(FollowAsync(client, gateway.Port, stop.Token));
            else
                sockets.Add(await OpenAsync(gateway.Port, "/events"));
            if (i % 500 == 499)
                await Task.Delay(50);
        }

        // Every stream has had its first events, and the runtime has had time to collect.
        await Task.Delay(TimeSpan.FromSeconds(10));
        var during = gateway.Usage.ResidentMegabytes;
        var used = gateway.Usage.ProcessorSeconds;
        await Task.Delay(TimeSpan.FromSeconds(10));
        used = gateway.Usage.ProcessorSeconds - used;
        var busyDirect = await FirstByteAsync(BackendPort);
        var busy = await FirstByteAsync(gateway.Port);
        await stop.CancelAsync();
        var alive = sockets.Count(s => s.Available > 0) + (await Task.WhenAll(multiplexed)).Count(events => events > 5);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {count} event streams, a fifth of them over HTTP/2, one event of 15 octets a second on each

            | what | figure |
            | --- | --- |
            | streams that carry events | {alive} |
            | resident MB without, with | {before:0}, {during:0} |
            | KB a stream | {(during - before) * 1024 / count:0.0} |
            | of one core, for {count} events a second | {used * 10:0} % |

            | time to first octet, µs | p50 | p99 | added p50 | added p99 |
            | --- | --- | --- | --- | --- |
            | direct, quiet | {quietDirect.P50:0} | {quietDirect.P99:0} | | |
            | gateway, quiet | {Added(quiet, quietDirect)} |
            | direct, beside the streams | {busyDirect.P50:0} | {busyDirect.P99:0} | | |
            | gateway, beside the streams | {Added(busy, busyDirect)} |
            """));
        foreach (var socket in sockets)
            socket.Dispose();
    }

    private static string Added((double P50, double P99) gateway, (double P50, double P99) direct) =>
        string.Create(CultureInfo.InvariantCulture, $"{gateway.P50:0} | {gateway.P99:0} ")
        + string.Create(CultureInfo.InvariantCulture, $"| {gateway.P50 - direct.P50:0} | {gateway.P99 - direct.P99:0}");

    // Events that came until it was stopped.
    private static async Task<int> FollowAsync(HttpClient client, int port, CancellationToken cancellationToken)
    {
        var events = 0;
        try
        {
            using var response = await client.GetAsync($"http://127.0.0.1:{port}/events",
                HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[64];
            while (await stream.ReadAsync(buffer, cancellationToken) > 0)
                events++;
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }

        return events;
    }

    private static async Task<Socket> OpenAsync(int port, string path)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: app.bench.test\r\n\r\n"));
        return socket;
    }

    // One request after the other on one connection, at a pace, so that it is latency that is measured.
    private static async Task<(double P50, double P99)> FirstByteAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream,
            ProtocolType.Tcp)
        { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var request = "GET /1k HTTP/1.1\r\nHost: app.bench.test\r\n\r\n"u8.ToArray();
        var buffer = new byte[8192];
        var times = new List<double>();
        for (var i = 0; i < Samples; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            var read = await socket.ReceiveAsync(buffer);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            var head = Encoding.ASCII.GetString(buffer, 0, read);
            var end = head.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            for (var rest = 1024 - (read - end); rest > 0; rest -= await socket.ReceiveAsync(buffer))
            {
            }

            await Task.Delay(1);
        }

        times.Sort();
        return (times[Samples / 2], times[Samples * 99 / 100]);
    }
}
