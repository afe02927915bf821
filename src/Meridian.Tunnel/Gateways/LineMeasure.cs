using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// The gateway's side of <c>meridian-agent check</c>: octets that mean nothing, for a few seconds, to at most two
/// agents at a time.
/// </summary>
internal sealed class LineMeasure(TimeProvider time)
{
    /// <summary>How long one direction may be measured.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private const int Most = 2;

    private int _running;

    public async Task AnswerAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _running) > Most)
        {
            Interlocked.Decrement(ref _running);
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            await context.Response.WriteAsync("others are measuring; try again in a while");
            return;
        }

        try
        {
            if (HttpMethods.IsGet(context.Request.Method))
                await SendAsync(context);
            else
                await ReceiveAsync(context);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The agent has seen enough.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        var (octets, began) = (new byte[64 * 1024], time.GetTimestamp());
        while (time.GetElapsedTime(began) < Limit)
            await context.Response.Body.WriteAsync(octets, context.RequestAborted);
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        var (octets, began, count) = (new byte[64 * 1024], time.GetTimestamp(), 0L);
        while (time.GetElapsedTime(began) < Limit
            && await context.Request.Body.ReadAsync(octets, context.RequestAborted) is > 0 and var read)
            count += read;
        await context.Response.WriteAsync(count.ToString(CultureInfo.InvariantCulture));
    }
}
