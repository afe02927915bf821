using System.Globalization;
using System.Net.Sockets;
using Meridian.Agent.Configuration;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Services;

/// <summary>
/// A service, and what its probes say: one that succeeds is up; one that fails twice is down, and the second probe
/// comes at once.
/// </summary>
internal sealed class ProbedService : IAsyncDisposable
{
    private static readonly TimeSpan Confirm = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly Action _changed;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client;
    private readonly Task _loop;

    public ProbedService(ServiceEntry entry, Action changed, TimeProvider time)
    {
        (Entry, _changed, _time) = (entry, changed, time);
        Report = new ServiceReport(entry.Name, ServiceHealth.Unknown, "not probed yet");
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero, // every probe finds out whether a connection can be made
            ConnectCallback = async (_, token) =>
            new NetworkStream(await entry.Address.ConnectAsync(token), ownsSocket: true),
        })
        { BaseAddress = new Uri("http://localhost") };
        _loop = Task.Run(RunAsync);
    }

    public ServiceEntry Entry { get; }

    /// <summary>What is known of it.</summary>
    public ServiceReport Report { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var failures = 0;
        try
        {
            while (true)
            {
                var (fault, load) = await ProbeAsync();
                failures = fault is null ? 0 : failures + 1;
                var next = fault is null
                    ? new ServiceReport(Entry.Name, ServiceHealth.Up, "the agent's probe succeeds", load)
                    : failures >= 2 ? new ServiceReport(Entry.Name, ServiceHealth.Down,
                        $"the agent's probe fails: {fault}")
                    : Report;
                if (next != Report || load is not null) // a figure grows old where it is not said again
                {
                    Report = next;
                    _changed();
                }

                await Task.Delay(failures == 1 ? Confirm : Entry.Interval, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    // No fault where it succeeds; and what the service says of its load.
    private async Task<(string? Fault, double? Load)> ProbeAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(Limit);
        try
        {
            if (Entry.HealthPath is not { } path)
            {
                using var socket = await Entry.Address.ConnectAsync(limit.Token);
                return (null, null);
            }

            using var answer = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return (int)answer.StatusCode < 400 ? (null, LoadOf(answer)) : ($"http: {(int)answer.StatusCode}", null);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return ("timeout", null);
        }
        catch (Exception e) when (e is SocketException or HttpRequestException or IOException)
        {
            return ((e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode is { } code
                ? code == SocketError.ConnectionRefused ? "connect: refused" : $"connect: {code}" : e.Message, null);
        }
    }

    private static double? LoadOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("x-load", out var values) && values.Count == 1
        && double.TryParse(values.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
        && load is >= 0 and <= 100 ? load : null;
}
