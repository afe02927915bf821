using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Gateway.Http1;

/// <summary>Trailer fields (RFC 9110 section 6.5), in both directions.</summary>
internal static class Trailers
{
    // Fields by which a message is framed, routed, authenticated or understood come before its body or not at all.
    private static readonly FrozenSet<string> BeforeBody = new[]
    {
        "Content-Length", "Transfer-Encoding", "Host", "TE", "Trailer", "Connection", "Keep-Alive", "Upgrade",
        "Content-Type", "Content-Encoding", "Content-Range", "Cache-Control", "Expect", "Max-Forwards", "Pragma",
        "Range", "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "WWW-Authenticate", "Cookie",
        "Set-Cookie", "Date", "Expires", "Location", "Retry-After", "Vary", "Age", "Warning",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a field may be a trailer.</summary>
    public static bool MayBe(string name) => !BeforeBody.Contains(name);

    /// <summary>Whether a client takes trailers with its answer (RFC 9110 section 10.1.4).</summary>
    public static bool AreWanted(HttpRequest request)
    {
        foreach (var value in request.Headers.TE)
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[part].Trim().Equals("trailers", StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Writes the trailers of a client's body, once all of it has been read.</summary>
    public static void Write(ArrayBufferWriter<byte> writer, IHttpRequestTrailersFeature? trailers)
    {
        if (trailers is not { Available: true })
            return;
        foreach (var (name, values) in trailers.Trailers)
        {
            if (!RequestWriter.IsToken(name) || !MayBe(name)
                || ForwardedFields.SpeaksForProxies(name.Replace('_', '-')))
                continue;
            foreach (var value in values)
            {
                if (!RequestWriter.Breaks(value))
                    RequestWriter.Field(writer, name, value ?? "");
            }
        }
    }
}
