using System.Globalization;
using System.Text.RegularExpressions;
using Meridian.Bench.Gateway;

if (args is ["yarp", var yarpPort, var backendUrl])
{
    await BareYarp.RunAsync(int.Parse(yarpPort, CultureInfo.InvariantCulture), backendUrl);
    return;
}

if (args is ["streams", var streams])
{
    await Streams.RunAsync(Directory.CreateTempSubdirectory("meridian-bench-").FullName,
        int.Parse(streams, CultureInfo.InvariantCulture));
    return;
}

var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
var folder = Directory.CreateTempSubdirectory("meridian-bench-").FullName;
const int BackendPort = 18080;
var cases = new[]
{
    ("1 KB, 64 connections", "1k", 64),
    ("1 MB, 64 connections", "1m", 64),
    ("1 KB, one connection", "1k", 1),
};
await using var backend = await Proxies.BackendAsync(folder, BackendPort);
var proxies = new List<PinnedProcess>
{
    await Proxies.NginxAsync(folder, 18100, BackendPort),
    await Proxies.HaproxyAsync(folder, 18110, BackendPort),
    await Proxies.YarpAsync(18120, BackendPort),
    await Proxies.MeridianAsync(folder, 18130, BackendPort),
};
var results = new Dictionary<(string Case, string Proxy), List<Result>>();
try
{
    foreach (var proxy in proxies)
        await MeasureAsync(proxy, "1k", 64);
    for (var round = 0; round < rounds; round++)
    {
        foreach (var (name, file, connections) in cases)
        {
            foreach (var proxy in proxies.OrderBy(_ => Random.Shared.Next()))
            {
                if (!results.TryGetValue((name, proxy.Name), out var list))
                    results[(name, proxy.Name)] = list = [];
                list.Add(await MeasureAsync(proxy, file, connections));
            }
        }
    }

    foreach (var (name, _, _) in cases)
    {
        Console.WriteLine($"\n{name}\n\n| proxy | requests/s | to nginx | µs of processor a request | p50 µs "
            + "| p99 µs | failed |\n| --- | --- | --- | --- | --- | --- | --- |");
        var nginx = Median(results[(name, "nginx")].Select(r => r.PerSecond));
        foreach (var proxy in proxies)
        {
            var own = results[(name, proxy.Name)];
            var perSecond = Median(own.Select(r => r.PerSecond));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {proxy.Name} | {perSecond:0} | {perSecond / nginx:0.00} | "
                    + $"{Median(own.Select(r => r.Microseconds)):0.0} | {Median(own.Select(r => r.P50)):0} | "
                    + $"{Median(own.Select(r => r.P99)):0} | {own.Sum(r => r.Failed)} |"));
        }
    }

    Console.WriteLine("\n| proxy | resident MB |\n| --- | --- |");
    foreach (var proxy in proxies)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {proxy.Name} | {proxy.Usage.ResidentMegabytes:0} |"));
}
finally
{
    foreach (var proxy in proxies)
        await proxy.DisposeAsync();
}

async Task<Result> MeasureAsync(PinnedProcess proxy, string file, int connections)
{
    var before = proxy.Usage.ProcessorSeconds;
    var output = await PinnedProcess.OutputAsync(Proxies.GeneratorCore, "wrk", "-t1", $"-c{connections}",
        $"-d{seconds}s", "--latency",
        "-H", "Host: app.bench.test", $"http://127.0.0.1:{proxy.Port}/{file}");
    var used = proxy.Usage.ProcessorSeconds - before;
    var requests = Number(output, @"(\d+) requests in");
    var failed = output.Contains("Non-2xx", StringComparison.Ordinal)
        ? Number(output, @"Non-2xx or 3xx responses: (\d+)") : 0;
    return new Result(Number(output, @"Requests/sec:\s+([\d.]+)"), used * 1e6 / Math.Max(1, requests),
        Time(output, "50%"), Time(output, "99%"), (int)failed);
}

static double Number(string text, string pattern) =>
    Regex.Match(text, pattern) is { Success: true } match
    ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
    : throw new InvalidOperationException($"wrk said: {text}");

static double Time(string text, string quantile)
{
    var match = Regex.Match(text, $@"{quantile}\s+([\d.]+)(us|ms|s)");
    return double.Parse(match.Groups[1].Value,
        CultureInfo.InvariantCulture) * (match.Groups[2].Value switch { "us" => 1, "ms" => 1e3, _ => 1e6 });
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return sorted[sorted.Length / 2];
}

/// <summary>One run.</summary>
internal sealed record Result(double PerSecond, double Microseconds, double P50, double P99, int Failed);
