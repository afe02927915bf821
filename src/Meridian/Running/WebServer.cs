using Microsoft.AspNetCore.Builder;

namespace Meridian.Running;

/// <summary>
/// A web server that ends as it should: requests that have come are answered before what answers them is taken away. To
/// dispose a <see cref="WebApplication"/> alone takes it away under them, and a change that is made is told as failed.
/// </summary>
internal sealed class WebServer(WebApplication app) : IAsyncDisposable
{
    /// <summary>How long requests that are under way may take. Event streams end at once.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }
}
