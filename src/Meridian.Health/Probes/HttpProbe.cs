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
        request.Headers.ConnectionClose = true;
        request.Headers.TryAddWithoutValidation("User-Agent", "meridian-probe");
        foreach (var (name, value) in check.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static async Task<bool> HasAsync(HttpContent content, string wanted, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var body = new byte[MaxBody];
        var length = await stream.ReadAtLeastAsync(body, MaxBody, throwOnEndOfStream: false, cancellationToken);
        return body.AsSpan(0, length).IndexOf(Encoding.UTF8.GetBytes(wanted)) >= 0;
    }
}
