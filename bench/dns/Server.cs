using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Bench.Dns;

/// <summary>A name server on core 0, from its start until it is disposed.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const int ServerCore = 0;

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

    /// <summary>Seconds of processor time that it has used.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public double ResidentMegabytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    public static async Task<Server> StartAsync(string name, int port, IEnumerable<string> cases, string program, params string[] arguments)
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
        for (var i = 0; i < 200; i++)
        {
            if (await AnswersAsync(port))
                return server;
            await Task.Delay(100);
        }

        await server.DisposeAsync();
        throw new InvalidOperationException($"{name} does not answer: {string.Join("\n", server._output.TakeLast(10))}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
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
