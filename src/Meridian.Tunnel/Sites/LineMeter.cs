using System.Globalization;
using System.Net;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Sites;

/// <summary>Measures the line to a gateway, the way that its tunnels go.</summary>
public static class LineMeter
{
    private const int RoundTrips = 5;
    private const int MaxAnswer = 256 * 1024;

    /// <param name="dialer">Makes the connections.</param>
    /// <param name="gateway">Where.</param>
    /// <param name="span">How long each direction is measured.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DialException">The gateway does not answer, or does not measure.</exception>
    public static async Task<LineReading> MeasureAsync(Dialer dialer, GatewayAddress gateway, TimeSpan span,
        TimeProvider time, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(dialer.HandlerFor(gateway, 0))
        {
            BaseAddress = new Uri($"https://{ServerTrust.ServerName}"),
            MaxResponseContentBufferSize = MaxAnswer,
        };
        try
        {
            var (shortest, ahead) = (TimeSpan.MaxValue, TimeSpan.Zero);
            for (var i = 0; i <= RoundTrips; i++)
            {
                var began = time.GetTimestamp();
                using var answer = await client.GetAsync(TunnelTokens.AuthorityPath, cancellationToken);
                var taken = time.GetElapsedTime(began);
                if (i == 0 || taken >= shortest)
                    continue; // the first one makes the connection
                shortest = taken;
                ahead = answer.Headers.Date is { } date ? time.GetUtcNow() - (taken / 2) - date : TimeSpan.Zero;
            }

            var down = await DownAsync(client, span, time, cancellationToken);
            var up = await UpAsync(client, span, time, cancellationToken);
            return new LineReading(shortest, ahead, down, up);
        }
        catch (Exception e) when (e is HttpRequestException or (IOException and not DialException))
        {
            throw new DialException($"{gateway}: {DialFault.TextOf(e)}", e);
        }
    }

    private static async Task<double> DownAsync(HttpClient client, TimeSpan span, TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync(TunnelTokens.MeasurePath, HttpCompletionOption.ResponseHeadersRead,
            cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new DialException(await answer.Content.ReadAsStringAsync(cancellationToken));
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var (octets, count, began) = (new byte[64 * 1024], 0L, time.GetTimestamp());
        while (time.GetElapsedTime(began) < span
            && await stream.ReadAsync(octets, cancellationToken) is > 0 and var read)
            count += read;
        return count / time.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> UpAsync(HttpClient client, TimeSpan span, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var answer = await client.PostAsync(TunnelTokens.MeasurePath, new TimedContent(span, time),
            cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            throw new DialException(text);
        return count / time.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Sends octets without meaning for a while.</summary>
    private sealed class TimedContent(TimeSpan span, TimeProvider time) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var (octets, began) = (new byte[64 * 1024], time.GetTimestamp());
            while (time.GetElapsedTime(began) < span)
                await stream.WriteAsync(octets);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
