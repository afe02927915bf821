using System.Net;
using System.Net.Sockets;
using Meridian.Testing;

namespace Meridian.Bench.Dns;

/// <summary>A name server on core 0, from its start until it is disposed.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const int ServerCore = 0;

    private readonly ChildProcess _process;

    private Server(string name, int port, IReadOnlySet<string> cases, ChildProcess process)
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

    /// <summary>What it and its children have used.</summary>
    public ProcessUsage Usage => _process.Usage;

    public static async Task<Server> StartAsync(string name, int port, IEnumerable<string> cases, string program,
        params string[] arguments)
    {
        var server = new Server(name, port, cases.ToHashSet(),
            ChildProcess.Start("taskset", ["-c", $"{ServerCore}", program, .. arguments]));
        await Wait.UntilAsync(() => AnswersAsync(port), () => $"{name} does not answer: {server._process.Log}", 60);
        return server;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

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
