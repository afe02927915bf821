using System.Buffers;
using System.Globalization;
using Meridian.Gateway.Http1;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// Passes interim answers on, 103 (Early Hints) above all. Kestrel has no way to send them, so that they are written
/// below it, where HTTP/1.1 allows that: nothing else is written before the final answer begins. A client of HTTP/2
/// does without.
/// </summary>
internal static class InterimAnswers
{
    // The framework has no word for it.
    private const int EarlyHints = 103;

    /// <summary>Passes one on, if the client can have it.</summary>
    public static async ValueTask PassOnAsync(HttpContext context, ResponseHead head)
    {
        if (!HttpProtocol.IsHttp11(context.Request.Protocol) || context.Response.HasStarted
            || context.Features.Get<IConnectionTransportFeature>() is not { Transport.Output: var output })
            return;
        var writer = new ArrayBufferWriter<byte>();
        var status = head.Status.ToString(CultureInfo.InvariantCulture);
        writer.Write("HTTP/1.1 "u8);
        RequestWriter.Put(writer, status);
        writer.Write(" "u8);
        RequestWriter.Put(writer,
            head.Status == EarlyHints ? "Early Hints" : ReasonPhrases.GetReasonPhrase(head.Status));
        writer.Write("\r\n"u8);
        foreach (var (name, value) in head.Fields)
            RequestWriter.Field(writer, name, value);
        writer.Write("\r\n"u8);
        await output.WriteAsync(writer.WrittenMemory, context.RequestAborted);
    }
}
