using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Gateway.Serving;

/// <summary>What Kestrel lets through and the gateway does not, whatever host it is for.</summary>
/// <param name="options">Limits of a request's head.</param>
internal sealed class RequestScreen(GatewayOptions options)
{
    // What Kestrel makes of the length of a request that has a transfer coding as well.
    private const string InventedLength = "X-Content-Length";

    // The colon, the space and the end of the line.
    private const int FieldOverhead = 4;

    /// <summary>The refusal of a request that is not to be forwarded; null for all others.</summary>
    public Task? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsConnect(request.Method)
            && context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect is not true)
            return Refusals.ConnectAsync(context);
        if (!Fits(context))
            return Refusals.HeadTooLargeAsync(context, options);
        return request.Headers.TransferEncoding.Count == 0 ? null : RefuseCoding(context);
    }

    private bool Fits(HttpContext context)
    {
        var headers = context.Request.Headers;
        var size = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Length;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                size += name.Length + (value?.Length ?? 0) + FieldOverhead;
        }

        return size <= options.MaxHead && headers.Count <= options.MaxFields;
    }

    // RFC 9112 sections 6.1 and 6.3: a coding besides `chunked` is not understood here, and a message that is framed in
    // a way that not everybody understands alike is the last one of its connection.
    private static Task? RefuseCoding(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.TransferEncoding is not [{ } coding]
            || !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            return Refusals.CodingAsync(context);
        if (headers.Remove(InventedLength) || HttpProtocol.IsHttp10(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return null;
    }
}
