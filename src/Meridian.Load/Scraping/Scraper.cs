using System.Net;
using System.Net.Security;
using Meridian.Model.Loads;
using Meridian.Model.Resources;

namespace Meridian.Load.Scraping;

/// <summary>Reads the metrics of addresses, over connections that are kept open.</summary>
/// <param name="tunnels">Opens connections to services behind tunnels; null where there are none.</param>
internal sealed class Scraper(Func<TunnelSource, CancellationToken, ValueTask<Stream>>? tunnels) : IDisposable
{
    /// <summary>Octets of metrics that are read at most; an engine sends a tenth of it.</summary>
    public const int MaxBody = 8 * 1024 * 1024;

    private static readonly HttpRequestOptionsKey<TunnelSource> Source = new("tunnel");

    private readonly HttpMessageInvoker _verifying = new(Handler(true));
    private readonly HttpMessageInvoker _trusting = new(Handler(false));

    // The URL names the service, so that no two services share a connection.
    private readonly HttpMessageInvoker _tunnelled = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip,
        MaxResponseHeadersLength = 64,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
        ConnectCallback = async (context, cancellationToken) =>
            context.InitialRequestMessage.Options.TryGetValue(Source, out var source)
            && tunnels is not null ? await tunnels(source, cancellationToken)
            : throw new HttpRequestException("the address is not behind a tunnel"),
    });

    /// <exception cref="HttpRequestException">It does not answer, or not with metrics.</exception>
    /// <exception cref="InvalidDataException">The metrics say nothing of load.</exception>
    public async Task<LoadFigure> ReadAsync(LoadTarget target, LoadReading reading, TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target.Url);
        request.Headers.TryAddWithoutValidation("User-Agent", "meridian-load");
        request.Headers.TryAddWithoutValidation("Accept", "text/plain;version=0.0.4");
        if (target.Scrape.Tls.ServerName is { } name)
            request.Headers.Host = name;
        if (target.Tunnel is not null)
            request.Options.Set(Source, target.Tunnel);
        var invoker = target.Tunnel is not null ? _tunnelled : target.Scrape.Tls.Verify ? _verifying : _trusting;
        using var response = await invoker.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new HttpRequestException($"http: {(int)response.StatusCode}");
        using var body = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > MaxBody)
                throw new InvalidDataException($"the metrics are longer than {MaxBody / 1024 / 1024} MiB");
            body.Write(buffer, 0, read);
        }

        var samples = ExpositionReader.Read(body.GetBuffer().AsSpan(0, (int)body.Length), reading.Names);
        return reading.Of(samples, time.GetUtcNow())
            ?? throw new InvalidDataException(
                $"the metrics hold none of {string.Join(", ", reading.Names.Order(StringComparer.Ordinal))}");
    }

    public void Dispose()
    {
        _verifying.Dispose();
        _trusting.Dispose();
        _tunnelled.Dispose();
    }

    private static SocketsHttpHandler Handler(bool verify) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip,
        MaxResponseHeadersLength = 64,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, _, _, errors) =>
            !verify || errors == SslPolicyErrors.None
        },
    };
}
