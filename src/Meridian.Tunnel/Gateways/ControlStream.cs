using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// The gateway's half of the control stream: lines of JSON both ways, for as long as the tunnel lasts.
/// </summary>
internal sealed class ControlStream(SessionClient client) : IDisposable
{
    private readonly DuplexContent _request = new();
    private readonly SemaphoreSlim _writing = new(1);
    private LineReader? _lines;

    /// <summary>Opens it; no more than once.</summary>
    /// <exception cref="TunnelException">The agent does not answer it.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(TunnelTokens.ControlPath, _request, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new TunnelException($"it answers {(int)answer.StatusCode}");
        _lines = new LineReader(PipeReader.Create(await answer.Content.ReadAsStreamAsync(cancellationToken)));
    }

    /// <summary>The next line of the agent; null at the end.</summary>
    /// <exception cref="InvalidDataException">It is no such line.</exception>
    public ValueTask<AgentLine?> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = _lines ?? throw new InvalidOperationException("the control stream is not open yet");
        return lines.ReadAsync(TunnelJson.Default.AgentLine, cancellationToken);
    }

    /// <summary>Writes a line to the agent; lines of several writers do not mix.</summary>
    public async Task WriteAsync(GatewayLine line, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var body = await _request.Body.WaitAsync(cancellationToken);
            await body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, TunnelJson.Default.GatewayLine),
                cancellationToken);
            await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await body.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends the gateway's half.</summary>
    public void Dispose() => _request.Complete();
}
