using Microsoft.AspNetCore.Http;

namespace Meridian.Tunnel.Gateways;

/// <summary>Answers of one sentence, or of one PEM file.</summary>
internal static class PlainText
{
    public static Task WriteAsync(HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(text);
    }
}
