using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.Bench.Gateway;

/// <summary>Many event streams at once: what each costs in memory, and what the gateway adds to the time to first octet beside them.</summary>
internal static class Streams
{
    private const int Samples = 2000;

    public static async Task RunAsync(string folder, int count)
    {
        if (OperatingSystem.IsLinux())
            Process.GetCurrentProcess().ProcessorAffinity = 1 << Proxies.GeneratorCore;
        const int BackendPort = 18080;
        await using var backend = await BackendAsync(BackendPort);
        await using var gateway = await Proxies.MeridianAsync(folder, 18130, BackendPort);
        await FirstByteAsync(gateway.Port);
        await FirstByteAsync(BackendPort);
        var quietDirect = await FirstByteAsync(BackendPort);
        var quiet = await FirstByteAsync(gateway.Port);
        var before = gateway.ResidentMegabytes;
        var sockets = new List<Socket>();
        for (var i = 0; i < count; i++)
        {
            sockets.Add(await OpenAsync(gateway.Port, "/events"));
            if (i % 500 == 499)
                await Task.Delay(50);
        }

        // Every stream has had its first events, and the runtime has had time to collect.
        await Task.Delay(TimeSpan.FromSeconds(10));
        var during = gateway.ResidentMegabytes;
        var used = gateway.ProcessorSeconds;
        await Task.Delay(TimeSpan.FromSeconds(10));
        used = gateway.ProcessorSeconds - used;
        var busyDirect = await FirstByteAsync(BackendPort);
        var busy = await FirstByteAsync(gateway.Port);
        var alive = sockets.Count(s => s.Available > 0);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {count} event streams, one event of 16 octets a second on each

            | what | figure |
            | --- | --- |
            | streams that carry events | {alive} |
            | resident MB without, with | {before:0}, {during:0} |
            | KB a stream | {(during - before) * 1024 / count:0.0} |
            | of one core, for {count} events a second | {used * 10:0} % |

            | time to first octet, µs | p50 | p99 | added p50 | added p99 |
            | --- | --- | --- | --- | --- |
            | direct, quiet | {quietDirect.P50:0} | {quietDirect.P99:0} | | |
            | gateway, quiet | {quiet.P50:0} | {quiet.P99:0} | {quiet.P50 - quietDirect.P50:0} | {quiet.P99 - quietDirect.P99:0} |
            | direct, beside the streams | {busyDirect.P50:0} | {busyDirect.P99:0} | | |
            | gateway, beside the streams | {busy.P50:0} | {busy.P99:0} | {busy.P50 - busyDirect.P50:0} | {busy.P99 - busyDirect.P99:0} |
            """));
        foreach (var socket in sockets)
            socket.Dispose();
    }

    private static async Task<WebApplication> BackendAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.MapGet("/1k", () => Results.Bytes(new byte[1024]));
        app.MapGet("/events", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            var octets = "data: 0123456\n\n "u8.ToArray();

            // Spread over the second, as streams of many clients are.
            await context.Response.Body.WriteAsync(octets);
            await Task.Delay(Random.Shared.Next(1000), context.RequestAborted);
            while (true)
            {
                await context.Response.Body.WriteAsync(octets, context.RequestAborted);
                await Task.Delay(1000, context.RequestAborted);
            }
        });
        await app.StartAsync();
        return app;
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
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
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
