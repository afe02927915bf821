using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Serving;

/// <summary>
/// Refusals as clients of gRPC read them: 200, and the status of gRPC in an answer that is all head ("Trailers-Only",
/// gRPC over HTTP/2).
/// </summary>
internal static class GrpcRefusal
{
    /// <summary>Whether a request is a call of gRPC.</summary>
    public static bool Applies(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) is true;

    /// <param name="response">The answer.</param>
    /// <param name="status">The status that another client would get.</param>
    /// <param name="message">Why.</param>
    /// <param name="retryAfter">When to try again; null for nothing known.</param>
    public static void Write(HttpResponse response, int status, string message, TimeSpan? retryAfter)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = response.HttpContext.Request.ContentType;
        response.Headers.Remove("Retry-After");
        response.Headers["grpc-status"] = CodeOf(status).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Encode(message);
        if (retryAfter is { } span)
            response.Headers["grpc-retry-pushback-ms"] =
                ((long)span.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
    }

    // The codes of gRPC's own page on statuses: 14 UNAVAILABLE may be tried again, 4 DEADLINE_EXCEEDED may have been
    // done, 8 is RESOURCE_EXHAUSTED, 12 UNIMPLEMENTED, 13 INTERNAL.
    private static int CodeOf(int status) => status switch
    {
        StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable => 14,
        StatusCodes.Status504GatewayTimeout or StatusCodes.Status408RequestTimeout => 4,
        StatusCodes.Status413PayloadTooLarge or StatusCodes.Status431RequestHeaderFieldsTooLarge => 8,
        StatusCodes.Status400BadRequest => 13,
        _ => 12,
    };

    // Octets outside of printable ASCII, and the percent sign, are escaped.
    private static string Encode(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(message))
        {
            if (octet is >= 0x20 and <= 0x7E and not (byte)'%')
                text.Append((char)octet);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return text.ToString();
    }
}
