using System.Diagnostics;
using System.Text;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Clusters;

/// <summary>The real webhook provider, as a process beside a node.</summary>
internal sealed class ProviderProcess : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private readonly Process _process;
    private readonly int _port = FakeSite.FreePort();

    public ProviderProcess(string? tokenFile, params string[] servers)
    {
        HealthPort = FakeSite.FreePort();
        string[] token = tokenFile is null ? [] : ["--token-file", tokenFile];
        var start = new ProcessStartInfo("dotnet",
            [Run.Program, "external-dns", "--listen", $"127.0.0.1:{_port}", "--health", $"127.0.0.1:{HealthPort}",
                .. token, "--server", .. servers])
        {
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_log)
                _log.AppendLine(e.Data);
        };
        _process.BeginErrorReadLine();
    }

    public int HealthPort { get; }

    public Uri Uri => new($"http://127.0.0.1:{_port}");

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public async Task UntilReadyAsync()
    {
        using var http = new HttpClient();
        await Wait.UntilAsync(async () =>
        {
            try
            {
                return (await http.GetAsync($"http://127.0.0.1:{HealthPort}/healthz")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => Log);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
