using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Meridian.Files;
using Meridian.Fleet;
using Meridian.Running;
using Meridian.State.Etcd;
using Meridian.State.Shared;

namespace Meridian.Demo;

/// <summary>A real etcd of one member, on loopback, which the demo's nodes share.</summary>
internal sealed class DemoStore : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly string _log;

    private DemoStore(Process process, int port, string log) => (_process, Port, _log) = (process, port, log);

    /// <summary>The port of its clients.</summary>
    public int Port { get; }

    /// <exception cref="StartException">etcd is not installed, or does not start.</exception>
    public static async Task<DemoStore> StartAsync(string folder)
    {
        var port = FreePort.Find(2379, _ => { }, IPAddress.Loopback);
        var peers = FreePort.Find(port + 1, _ => { }, IPAddress.Loopback);
        NewFile.MakeFolder(folder);
        var log = Path.Combine(folder, "etcd.log");
        var (clientUrl, peerUrl) = ($"http://127.0.0.1:{port}", $"http://127.0.0.1:{peers}");
        var start = new ProcessStartInfo("etcd")
        {
            ArgumentList =
            {
                "--name", "demo", "--data-dir", Path.Combine(folder, "data"), "--log-outputs", log,
                "--listen-client-urls", clientUrl, "--advertise-client-urls", clientUrl,
                "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl,
                "--initial-cluster", $"demo={peerUrl}", "--logger", "zap",
            },
        };
        DemoStore store;
        try
        {
            store = new DemoStore(Process.Start(start)!, port, log);
        }
        catch (Win32Exception)
        {
            throw new StartException("several nodes share an etcd, and none is installed: on Debian, "
                + "`apt-get install etcd-server`; elsewhere, https://etcd.io/docs/latest/install");
        }

        try
        {
            await store.PrepareAsync();
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task PrepareAsync()
    {
        await using var shared = new EtcdStore(new EtcdOptions { Endpoints = [$"127.0.0.1:{Port}"] },
            TimeProvider.System);
        var started = TimeProvider.System.GetTimestamp();
        SharedOutcome outcome;
        do
        {
            if (_process.HasExited)
                throw new StartException($"etcd has ended with {_process.ExitCode}; its log is {_log}");
            outcome = await shared.CommitAsync(new SharedTransaction([StoreFormat.First]), TimeSpan.FromSeconds(1));
        }
        while (outcome is not SharedOutcome.Committed && TimeProvider.System.GetElapsedTime(started) < Limit);

        if (outcome is SharedOutcome.Unavailable away)
            throw new StartException($"etcd does not answer after {Limit.TotalSeconds:0} s: {away.Reason}");
    }
}
