using System.Diagnostics;
using System.Globalization;

namespace Meridian.Bench.Tunnels;

/// <summary>What is asked of one way to the service.</summary>
internal sealed class Load(int port, string host) : IDisposable
{
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1000 })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            DefaultRequestHeaders = { Host = host },
            Timeout = TimeSpan.FromMinutes(2),
        };

    /// <summary>Waits until it answers, a minute at most.</summary>
    public async Task UntilReadyAsync()
    {
        var began = Stopwatch.StartNew();
        while (began.Elapsed < TimeSpan.FromMinutes(1))
        {
            try
            {
                using var answer = await _client.GetAsync("/");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"port {port} does not answer for {host}");
    }

    /// <summary>Requests of 1 KB a second, 32 at a time.</summary>
    public async Task<double> RequestsAsync(TimeSpan length)
    {
        var (began, done) = (Stopwatch.StartNew(), 0);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            while (began.Elapsed < length)
            {
                using var answer = await _client.GetAsync("/");
                (await answer.Content.ReadAsByteArrayAsync()).AsSpan();
                Interlocked.Increment(ref done);
            }
        }));
        return done / began.Elapsed.TotalSeconds;
    }

    /// <summary>MiB a second toward the client, by so many requests at a time.</summary>
    public Task<double> DownAsync(int mib, int parallel) => RateAsync(mib, parallel, async () =>
    {
        using var answer = await _client.GetAsync($"/flood?mib={mib}", HttpCompletionOption.ResponseHeadersRead);
        await (await answer.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null);
    });

    /// <summary>MiB a second toward the service.</summary>
    public Task<double> UpAsync(int mib, int parallel) => RateAsync(mib, parallel, async () =>
    {
        using var answer = await _client.PostAsync("/drain", new ByteArrayContent(new byte[mib << 20]));
        answer.EnsureSuccessStatusCode();
    });

    /// <summary>Milliseconds between the sending of a token and its arrival, sorted.</summary>
    public async Task<double[]> TokensAsync()
    {
        var times = new List<double>();
        using var answer = await _client.GetAsync("/tokens", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
            times.Add(Stopwatch.GetElapsedTime(long.Parse(line, CultureInfo.InvariantCulture)).TotalMilliseconds);
        return [.. times.Order()];
    }

    public void Dispose() => _client.Dispose();

    private static async Task<double> RateAsync(int mib, int parallel, Func<Task> transfer)
    {
        var began = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => transfer()));
        return mib * parallel / began.Elapsed.TotalSeconds;
    }
}
