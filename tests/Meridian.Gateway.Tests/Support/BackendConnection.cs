using System.Net.Sockets;
using System.Text;

namespace Meridian.Gateway.Tests.Support;

/// <summary>One connection of a backend, with the ways to answer well and badly.</summary>
internal sealed class BackendConnection(Socket socket) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: false);
    private readonly byte[] _ahead = new byte[64 * 1024];
    private int _at;
    private int _end;

    public async Task<BackendRequest?> ReadHeadAsync()
    {
        var text = new StringBuilder();
        while (true)
        {
            var octet = await NextAsync();
            if (octet < 0)
                return null;
            text.Append((char)octet);
            if (text.Length >= 4 && text.ToString(text.Length - 4, 4) == "\r\n\r\n")
                break;
        }

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return new BackendRequest(lines[0],
            [.. lines[1..].Select(l =>
                new KeyValuePair<string, string>(l.Split(':')[0],
                    l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()))]);
    }

    /// <summary>Reads the body of a request, or its beginning.</summary>
    public async Task<byte[]> ReadBodyAsync(BackendRequest request, int most = int.MaxValue)
    {
        var body = new List<byte>();
        if (request["Transfer-Encoding"] == "chunked")
        {
            while (true)
            {
                var size = Convert.ToInt32(await LineAsync(), 16);
                await TakeAsync(body, body.Count + Math.Min(size, most - body.Count));
                if (body.Count >= most)
                    break;
                await LineAsync();
                if (size == 0)
                    break;
            }
        }
        else
        {
            var length = int.Parse(request["Content-Length"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            await TakeAsync(body, Math.Min(length, most));
        }

        return request.Body = [.. body];
    }

    /// <summary>Reads up to and with a text.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var read = new StringBuilder();
        while (!read.ToString().EndsWith(text, StringComparison.Ordinal) && await NextAsync() is >= 0 and var octet)
            read.Append((char)octet);
        return read.ToString();
    }

    public Task AnswerAsync(string body, int status = 200, string more = "") =>
        SendAsync($"HTTP/1.1 {status} X\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{more}\r\n{body}");

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] octets) => await _stream.WriteAsync(octets);

    /// <summary>Ends its own direction; the other goes on.</summary>
    public void CompleteWrites() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends with a reset, as a killed process does.</summary>
    public void Reset()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It is closed already.
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        socket.Dispose();
    }

    private async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        while (await NextAsync() is >= 0 and var octet)
        {
            if (octet == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)octet);
        }

        throw new IOException("the request ended early");
    }

    private async ValueTask TakeAsync(List<byte> body, int until)
    {
        while (body.Count < until)
        {
            if (_at == _end && !await FillAsync())
                throw new IOException("the request's body ended early");
            var count = Math.Min(_end - _at, until - body.Count);
            body.AddRange(_ahead.AsSpan(_at, count));
            _at += count;
        }
    }

    private async ValueTask<int> NextAsync() => _at == _end && !await FillAsync() ? -1 : _ahead[_at++];

    private async ValueTask<bool> FillAsync()
    {
        _at = 0;
        _end = await _stream.ReadAsync(_ahead);
        return _end > 0;
    }
}
