using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meridian.Gateway.Tests.Support;

/// <summary>A client that sends what the test says, octet by octet, and sees how the connection ends.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly StringBuilder _received = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    private RawClient()
    {
    }

    /// <summary>All that has come, as Latin-1.</summary>
    public string Received => _received.ToString();

    /// <summary>Whether the connection ended with a reset, which no reader takes for a good end.</summary>
    public bool WasReset { get; private set; }

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>Sends a request and reads until the connection ends.</summary>
    public static async Task<RawClient> AskAsync(int port, string request)
    {
        var client = await ConnectAsync(port);
        await client.SendAsync(request);
        await client.ReadToEndAsync();
        return client;
    }

    /// <summary>Sends octets; that the other side has closed already is seen when reading.</summary>
    public async Task SendAsync(string text)
    {
        try
        {
            await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (IOException)
        {
            // Its answer may still be there.
        }
    }

    /// <summary>Reads until a text has come; fails where the connection ends before.</summary>
    public async Task UntilAsync(string text)
    {
        while (!Received.Contains(text, StringComparison.Ordinal))
            Assert.True(await ReadAsync(), $"ended before `{text}`: {Received}");
    }

    public async Task ReadToEndAsync()
    {
        while (await ReadAsync())
        {
            // More may come.
        }
    }

    /// <summary>Goes away without a word.</summary>
    public void Reset()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Close();
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> ReadAsync()
    {
        try
        {
            var read = await _client.GetStream().ReadAsync(_buffer, TestTime.Token(20));
            _received.Append(Encoding.Latin1.GetString(_buffer, 0, read));
            return read > 0;
        }
        catch (IOException)
        {
            WasReset = true;
            return false;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"nothing more came after: {Received}");
        }
    }
}
