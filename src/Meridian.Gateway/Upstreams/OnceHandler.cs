namespace Meridian.Gateway.Upstreams;

/// <summary>
/// Tells of an address that has not processed a request: the handler sends its body a second time only after
/// REFUSED_STREAM, or a GOAWAY that leaves the stream out (RFC 9113 sections 6.8 and 8.7). The gateway asks another
/// address then.
/// </summary>
internal sealed class OnceHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        if (request.Content is not { } content)
            return await base.SendAsync(request, cancellationToken);
        var once = new OnceContent(content);
        request.Content = once;
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            once.End();
        }
    }
}
