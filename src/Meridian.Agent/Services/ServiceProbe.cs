using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Meridian.Addresses;
using Meridian.Agent.Configuration;

namespace Meridian.Agent.Services;

/// <summary>Finds out how a service is: by a connection, or by the request that its entry says.</summary>
internal sealed class ServiceProbe : IDisposable
{
    private const double MaxLoad = 100;
    private const int MaxMessage = 64 * 1024;
    private const byte Serving = 1;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly ServiceEntry _entry;
    private readonly HttpClient _client;

    public ServiceProbe(ServiceEntry entry)
    {
        _entry = entry;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero, // every probe finds out whether a connection can be made
            ConnectCallback = async (_, token) =>
                new NetworkStream(await entry.Address.ConnectAsync(token), ownsSocket: true),
            SslOptions = new SslClientAuthenticationOptions
            {
                // Any certificate will do: the probe only reads whether the service is well, and sends no secret.
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            },
        };
        var scheme = entry.Health?.Protocol == HealthProtocol.Https ? "https" : "http";
        _client = new HttpClient(handler) { BaseAddress = new Uri($"{scheme}://{HostOf(entry)}") };
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Asks once.</summary>
    public async Task<ProbeOutcome> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            if (_entry.Health is { Protocol: HealthProtocol.Grpc } check)
                return await CheckAsync(check.Target, limit.Token);
            if (_entry.Health is { } request)
                return await GetAsync(request.Target, limit.Token);
            using var socket = await _entry.Address.ConnectAsync(limit.Token);
            return new ProbeOutcome(null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeOutcome("timeout");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is, it is the reason, and the next probe follows.
            return new ProbeOutcome(FaultOf(e));
        }
    }

    private async Task<ProbeOutcome> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)answer.StatusCode < 400 ? new ProbeOutcome(null, LoadOf(answer))
            : new ProbeOutcome($"http: {(int)answer.StatusCode}");
    }

    // One unary call: a message behind a flag and its length (PROTOCOL-HTTP2 of gRPC). The request has one field, the
    // name of the service, and the answer one, the state.
    private async Task<ProbeOutcome> CheckAsync(string service, CancellationToken cancellationToken)
    {
        var name = Encoding.UTF8.GetBytes(service);
        byte[] message = name.Length == 0 ? [] : [0x0A, (byte)name.Length, .. name];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/grpc.health.v1.Health/Check")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message])
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") },
            },
            Headers = { TE = { new TransferCodingWithQualityHeaderValue("trailers") } },
        };
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead,
            cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
            return new ProbeOutcome($"grpc: http {(int)answer.StatusCode}");
        var body = new byte[MaxMessage];
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        return FieldOf(answer, "grpc-status") is { } status && status != "0"
            ? new ProbeOutcome($"grpc: status {status} {FieldOf(answer, "grpc-message")}".TrimEnd())
            : IsServing(body.AsSpan(0, length)) ? new ProbeOutcome(null, LoadOf(answer))
            : new ProbeOutcome("grpc: it does not say SERVING");
    }

    private static bool IsServing(ReadOnlySpan<byte> body) =>
        body.Length >= 7 && body[0] == 0 && BinaryPrimitives.ReadUInt32BigEndian(body[1..]) >= 2
        && body[5] == 0x08 && body[6] == Serving;

    private static string? FieldOf(HttpResponseMessage answer, string name) =>
        answer.TrailingHeaders.TryGetValues(name, out var trailer) ? trailer.First()
        : answer.Headers.TryGetValues(name, out var header) ? header.First() : null;

    private static string HostOf(ServiceEntry entry) => entry.Health?.Host is { } host ? host : "localhost";

    private static string FaultOf(Exception e) =>
        (e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode is { } error
            ? $"connect: {ErrorText.Of(error)}" : ErrorText.Of(e);

    // 0 idle, 1 full; a service that is overloaded may say more.
    private static double? LoadOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("x-load", out var values) && values.Count == 1
        && double.TryParse(values.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
        && load is >= 0 and <= MaxLoad ? load : null;
}
