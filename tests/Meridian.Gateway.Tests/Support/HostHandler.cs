namespace Meridian.Gateway.Tests.Support;

/// <summary>Asks for the endpoint's name, whatever the URL says.</summary>
internal sealed class HostHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        request.Headers.Host = "app.example.org";
        return base.SendAsync(request, cancellationToken);
    }
}
