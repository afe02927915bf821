using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Text;
using Meridian.Addresses;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Probes;

/// <summary>One HTTP/1.1 request on a new connection, judged by status and body.</summary>
internal static class HttpProbe
{
    /// <summary>How much of the body is searched for <c>expectedBody</c>, in bytes.</summary>
    public const int MaxBody = 64 * 1024;

    public static async Task<Finding> SendAsync(HttpCheck check, ProbeKey key, CancellationToken cancellationToken)
    {
        var tls = check.Scheme == HttpScheme.Https ? check.Tls : null;
        using var handler = ProbeHandler.Create(key, tls, SslApplicationProtocol.Http11);
        using var client = new HttpMessageInvoker(handler);
        using var request = Request(check, key);
        using var response = await client.SendAsync(request, cancellationToken);
        var status = (int)response.StatusCode;
        if (!check.ExpectedStatus.Any(s => StatusRange.TryParse(s, out var range) && range.Contains(status)))
            return Finding.Bad($"http: {status}, wanted {string.Join(", ", check.ExpectedStatus)}");
        if (check.ExpectedBody is { } wanted && !await HasAsync(response.Content, wanted, cancellationToken))
            return Finding.Bad($"http: {status}, but `{wanted}` is not in the first {MaxBody / 1024} KiB of the body");
        return Finding.Good($"http: {status}") with { Load = LoadOf(response) };
    }

    private static double? LoadOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("x-load", out var values)
        && double.TryParse(values.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
        && load >= 0 && double.IsFinite(load) ? load : null;

    private static HttpRequestMessage Request(HttpCheck check, ProbeKey key)
    {
        var authority = IpText.TryParse(key.Host, out var ip)
            && ip.GetAddressBytes().Length == 16 ? $"[{key.Host}]" : key.Host;
        var request = new HttpRequestMessage(new HttpMethod(check.Method), new Uri($"http://{authority}{check.Path}"))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, value) in check.Headers)
        {
            if (request.Headers.TryAddWithoutValidation(name, value))
                continue;

            // A field that the framework counts to the body, such as Content-Type.
            request.Content ??= new ByteArrayContent([]);
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        // What the check says itself counts.
        if (!request.Headers.Contains("User-Agent"))
            request.Headers.TryAddWithoutValidation("User-Agent", "meridian-probe");
        if (!request.Headers.Contains("Connection"))
            request.Headers.ConnectionClose = true;
        return request;
    }

    // Looks as octets come: an answer that never ends has been judged when the text is there.
    private static async Task<bool> HasAsync(HttpContent content, string wanted, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var (body, text) = (new byte[MaxBody], Encoding.UTF8.GetBytes(wanted));
        var length = 0;
        while (true)
        {
            var count = await stream.ReadAsync(body.AsMemory(length), cancellationToken);
            var from = Math.Max(0, length - text.Length + 1);
            length += count;
            if (body.AsSpan(from, length - from).IndexOf(text) >= 0)
                return true;
            if (count == 0 || length == body.Length)
                return false;
        }
    }
}
