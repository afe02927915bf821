using System.Net;
using System.Net.Sockets;
using Meridian.Testing;

namespace Meridian.Bench.Gateway;

/// <summary>A program pinned to one core, from its start until it is disposed.</summary>
internal sealed class PinnedProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private PinnedProcess(string name, int port, ChildProcess process)
    {
        Name = name;
        Port = port;
        _process = process;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>What it and its children have used.</summary>
    public ProcessUsage Usage => _process.Usage;

    public static async Task<PinnedProcess> StartAsync(string name, int core, int port, string program,
        params string[] arguments)
    {
        var process = ChildProcess.Start("taskset", ["-c", $"{core}", program, .. arguments]);
        await Wait.UntilAsync(async () =>
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }, () => $"{name} does not listen: {process.Log}");
        return new PinnedProcess(name, port, process);
    }

    /// <summary>Runs a program on one core to its end, and gives its output.</summary>
    public static async Task<string> OutputAsync(int core, string program, params string[] arguments) =>
        (await Run.ProgramAsync("taskset", ["-c", $"{core}", program, .. arguments])).Output;

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
