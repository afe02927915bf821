using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Clusters;

/// <summary>The real webhook provider, as a process beside a node.</summary>
internal sealed class ProviderProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly int _port = Ports.Free();

    public ProviderProcess(string? tokenFile, params string[] servers)
    {
        HealthPort = Ports.Free();
        string[] token = tokenFile is null ? [] : ["--token-file", tokenFile];
        _process = ChildProcess.Start("dotnet",
            [MeridianProgram.Library, "external-dns", "--listen", $"127.0.0.1:{_port}",
                "--health", $"127.0.0.1:{HealthPort}", .. token, "--server", .. servers]);
    }

    public int HealthPort { get; }

    public Uri Uri => new($"http://127.0.0.1:{_port}");

    public string Log => _process.Log;

    public Task UntilReadyAsync() => _process.UntilAnswersAsync(new Uri($"http://127.0.0.1:{HealthPort}/healthz"));

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
