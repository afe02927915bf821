using System.Text.Json;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Sites;

/// <summary>The agent's half of a control stream; lines of several writers do not mix.</summary>
internal sealed class ControlWriter(Stream stream) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1);

    public void Dispose() => _writing.Dispose();

    /// <summary>Writes a line; does nothing on a stream that has ended.</summary>
    public async Task WriteAsync(AgentLine line)
    {
        await _writing.WaitAsync();
        try
        {
            await stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, TunnelJson.Default.AgentLine),
                (byte)'\n']);
            await stream.FlushAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException
            or ObjectDisposedException)
        {
            // The tunnel has ended; whoever reads from it finds out.
        }
        finally
        {
            _writing.Release();
        }
    }
}
