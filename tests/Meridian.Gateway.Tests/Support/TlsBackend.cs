using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Meridian.Gateway.Tests.Support;

/// <summary>A server of HTTPS over HTTP/1.1 whose test says which octets of a TLS record go out when.</summary>
internal sealed class TlsBackend : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = TestCertificate.Create("localhost");
    private readonly Func<string, Connection, Task> _script;
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;

    /// <param name="script">Gets the target of each request.</param>
    public TlsBackend(Func<string, Connection, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that have been taken.</summary>
    public int Accepted { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving).WithinAsync(10);
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync();
                Accepted++;
                _serving.Add(ServeAsync(socket));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var below = new HoldingStream(socket);
        await using var tls = new SslStream(below);
        try
        {
            await tls.AuthenticateAsServerAsync(_certificate);
            using var reader = new StreamReader(tls, Encoding.ASCII, false, 1024, leaveOpen: true);
            var connection = new Connection(tls, below);
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                }

                await _script(line.Split(' ')[1], connection);
            }
        }
        catch (IOException)
        {
            // The gateway has closed it.
        }
    }

    /// <summary>One connection.</summary>
    internal sealed class Connection(SslStream tls, HoldingStream below)
    {
        public async Task SendAsync(string text) => await tls.WriteAsync(Encoding.ASCII.GetBytes(text));

        /// <summary>Sends one record, and of a second one this many octets with it: the rest stays behind.</summary>
        public async Task SendAsync(string text, string second, int octets)
        {
            below.Hold();
            await SendAsync(text);
            var whole = below.Held;
            await SendAsync(second);
            await below.ReleaseAsync(whole + octets);
        }

        /// <summary>Sends what has stayed behind.</summary>
        public Task SendRestAsync() => below.ReleaseAsync(int.MaxValue);
    }

    /// <summary>A socket's octets, some of which are held back.</summary>
    internal sealed class HoldingStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        private readonly MemoryStream _held = new();
        private bool _holds;

        public int Held => (int)_held.Length;

        public void Hold() => _holds = true;

        public async Task ReleaseAsync(int octets)
        {
            var held = _held.ToArray();
            var count = Math.Min(octets, held.Length);
            await base.WriteAsync(held.AsMemory(0, count), CancellationToken.None);
            _held.SetLength(0);
            _held.Write(held.AsSpan(count));
            _holds = count < held.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default)
        {
            if (!_holds)
                return base.WriteAsync(buffer, cancellationToken);
            _held.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        protected override void Dispose(bool disposing)
        {
            _held.Dispose();
            base.Dispose(disposing);
        }
    }
}
