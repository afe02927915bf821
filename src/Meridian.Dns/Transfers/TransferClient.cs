using System.Buffers.Binary;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using Meridian.Dns.Serving;
using Meridian.Dns.Tsig;

namespace Meridian.Dns.Transfers;

/// <summary>Sends requests to another server and reads its answers, signed where a key is given.</summary>
internal sealed class TransferClient(Peer peer, SharedKey? key, TimeProvider time)
{
    private const int MaxMessages = 1_000_000;

    /// <summary>Asks over UDP.</summary>
    /// <param name="message">The request, not signed yet.</param>
    /// <param name="timeout">How long to wait for an answer.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The answer without its signature; null where none came in time.</returns>
    public async Task<byte[]?> AskAsync(byte[] message, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (request, session) = Sign(message);
        using var socket = new Socket(peer.EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await socket.ConnectAsync(peer.EndPoint, limit.Token);
            await socket.SendAsync(request, limit.Token);
            var buffer = new byte[4096];
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, limit.Token);
                if (IsAnswer(buffer.AsSpan(0, length), message)
                    && TryVerify(buffer.AsSpan(0, length), session, last: true, out var body))
                    return body;
            }
        }
        catch (Exception e) when (e is SocketException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>
    /// Asks over TCP or TLS and reads messages until <paramref name="receive"/> returns true for the last one.
    /// </summary>
    /// <exception cref="TransferException">The other side cannot be reached, refuses, or breaks off.</exception>
    public async Task TransferAsync(byte[] message, TimeSpan timeout, Func<byte[], bool> receive,
        CancellationToken cancellationToken)
    {
        var (request, session) = Sign(message);
        using var socket = new Socket(peer.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await socket.ConnectAsync(peer.EndPoint, limit.Token);
            await using var stream = await OpenAsync(socket, limit.Token);
            await stream.WriteAsync((byte[])[(byte)(request.Length >> 8), (byte)request.Length, .. request],
                limit.Token);
            for (var count = 0; ; count++)
            {
                // The time limit holds for each message, as a large zone takes many.
                limit.CancelAfter(timeout);
                var answer = await ReadAsync(stream, limit.Token);
                if (count > MaxMessages || !IsAnswer(answer, message))
                    throw new TransferException($"{peer.EndPoint} sent something that is no answer");
                if (!TryVerify(answer, session, last: false, out var body))
                    throw new TransferException($"{peer.EndPoint} {SignatureFault(answer)}");
                if (receive(body))
                    return;
            }
        }
        catch (Exception e) when (e is SocketException or IOException
            or System.Security.Authentication.AuthenticationException)
        {
            throw new TransferException($"{peer.EndPoint}: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransferException($"{peer.EndPoint} did not answer within {timeout.TotalSeconds:0} s");
        }
    }

    // RFC 9103 section 9.3.2: strict TLS. TLS 1.3 with ALPN dot, and the certificate must be good for the name.
    private async Task<Stream> OpenAsync(Socket socket, CancellationToken cancellationToken)
    {
        var network = new NetworkStream(socket, ownsSocket: false);
        if (peer.TlsName is null)
            return network;
        var tls = new SslStream(network);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = peer.TlsName,
            ApplicationProtocols = [new SslApplicationProtocol("dot")],
            EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13,
        }, cancellationToken);
        return tls;
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(message, cancellationToken);
        return message;
    }

    private (byte[] Request, TsigSession? Session) Sign(byte[] message)
    {
        if (key is null)
            return (message, null);
        var session = new TsigSession(key);
        var buffer = new byte[message.Length + TsigSession.MaxLength];
        message.CopyTo(buffer, 0);
        return (buffer[..session.SignRequest(buffer, message.Length, time.GetUtcNow())], session);
    }

    private bool TryVerify(ReadOnlySpan<byte> answer, TsigSession? session, bool last, out byte[] body)
    {
        body = answer.ToArray();
        if (session is null)
            return true;
        if (!TsigRecord.TryRead(answer, out var record, out var malformed))
            return !malformed && !last && session.AcceptUnsigned(answer);
        body = record.Signed.ToArray();
        return record.Error == 0 && session.Verify(record, time.GetUtcNow()) == TsigError.None;
    }

    /// <summary>What an answer whose signature is not accepted says of the reason (RFC 8945 section 5.3).</summary>
    internal static string SignatureFault(ReadOnlySpan<byte> answer) =>
        !TsigRecord.TryRead(answer, out var record, out _) ? "signed an answer wrongly, or not at all"
        : (TsigError)record.Error switch
        {
            TsigError.BadKey => "does not know the key, or knows it with another algorithm",
            TsigError.BadSignature => "has another secret for the key",
            TsigError.BadTime when record.Other.Length == 6 => "has another time: its clock says "
                + DateTimeOffset.UnixEpoch.AddSeconds(BinaryPrimitives.ReadUInt32BigEndian(record.Other[2..]))
                    .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            _ => "signed an answer wrongly, or not at all",
        };

    private static bool IsAnswer(ReadOnlySpan<byte> answer, byte[] message) =>
        answer.Length >= 12 && answer[..2].SequenceEqual(message.AsSpan(0, 2)) && (answer[2] & 0x80) != 0;
}
