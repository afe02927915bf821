using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Bench.Dns;

/// <summary>A name server on core 0, from its start until it is disposed.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const int ServerCore = 0;
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly List<string> _output = [];

    private Server(string name, int port, IReadOnlySet<string> cases, Process process)
    {
        Name = name;
        Port = port;
        Cases = cases;
        _process = process;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>Names of the cases that it can answer.</summary>
    public IReadOnlySet<string> Cases { get; }

    /// <summary>Seconds of processor time that it and its children have used.</summary>
    public double ProcessorSeconds =>
        Family().Sum(id => Stat(id) is { } fields ? (fields[11] + fields[12]) / TicksPerSecond : 0);

    /// <summary>Resident memory of it and its children.</summary>
    public double ResidentMegabytes =>
        Family().Sum(id => Stat(id) is { } fields ? fields[21] * Environment.SystemPageSize / 1024 / 1024 : 0);

    public static async Task<Server> StartAsync(string name, int port, IEnumerable<string> cases, string program,
        params string[] arguments)
    {
        var start = new ProcessStartInfo("taskset", ["-c", $"{ServerCore}", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new Server(name, port, cases.ToHashSet(), Process.Start(start)!);
        server._process.OutputDataReceived += (_, e) => server._output.Add(e.Data ?? "");
        server._process.ErrorDataReceived += (_, e) => server._output.Add(e.Data ?? "");
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        for (var i = 0; i < 600; i++)
        {
            if (await AnswersAsync(port))
                return server;
            await Task.Delay(100);
        }

        await server.DisposeAsync();
        throw new InvalidOperationException(
            $"{name} does not answer: {string.Join("\n", server._output.TakeLast(10))}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private IEnumerable<int> Family() => Family(_process.Id);

    private static IEnumerable<int> Family(int id)
    {
        var children = $"/proc/{id}/task/{id}/children";
        var text = File.Exists(children) ? File.ReadAllText(children) : "";
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(c => Family(int.Parse(c, CultureInfo.InvariantCulture))).Prepend(id);
    }

    // Fields of /proc/PID/stat behind the name in parentheses: utime is the 12th of them, stime the 13th, rss the 22nd.
    private static double[]? Stat(int id)
    {
        var file = $"/proc/{id}/stat";
        if (!File.Exists(file))
            return null;
        var text = File.ReadAllText(file);
        return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ')
            .Select(f => double.TryParse(f, CultureInfo.InvariantCulture, out var n) ? n : 0)];
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var client = new UdpClient();
        client.Connect(IPAddress.Loopback, port);
        try
        {
            await client.SendAsync(Case.All[0].Queries[0]);
            var answer = await client.ReceiveAsync(new CancellationTokenSource(100).Token);
            return (answer.Buffer[2] & 0x80) != 0 && (answer.Buffer[3] & 0xF) == 0;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
