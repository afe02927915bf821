using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// The gateway's side of <c>meridian-agent check</c>: sends or receives octets without meaning for a few seconds, for
/// at most two agents at a time.
/// </summary>
internal sealed class LineMeasure(TimeProvider time)
{
    private const int MaxRunning = 2;
    private const int Piece = 64 * 1024;

    /// <summary>How long one direction may be measured.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private int _running;

    public async Task AnswerAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _running) > MaxRunning)
        {
            Interlocked.Decrement(ref _running);
            await PlainText.WriteAsync(context.Response, StatusCodes.Status429TooManyRequests,
                "others are measuring; try again in a while");
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
            // The agent has measured enough.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        var (octets, began) = (new byte[Piece], time.GetTimestamp());
        while (time.GetElapsedTime(began) < Limit)
            await context.Response.Body.WriteAsync(octets, context.RequestAborted);
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        var (octets, began, count) = (new byte[Piece], time.GetTimestamp(), 0L);
        while (time.GetElapsedTime(began) < Limit
            && await context.Request.Body.ReadAsync(octets, context.RequestAborted) is > 0 and var read)
            count += read;
        await context.Response.WriteAsync(count.ToString(CultureInfo.InvariantCulture));
    }
}
