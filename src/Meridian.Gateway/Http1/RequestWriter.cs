using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Meridian.Gateway.Observing;
using Meridian.Load.Reports;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Http1;

/// <summary>
/// Writes the head of a request anew, field by field, with the gateway's own framing, so that nothing that the client
/// wrote can be read in two ways behind the gateway.
/// </summary>
internal static class RequestWriter
{
    private static readonly string NoParent = new('0', GatewayTracer.ParentLength);

    // Fields of one connection (RFC 9110 section 7.6.1), and those that a gateway writes itself.
    private static readonly FrozenSet<string> Dropped = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Content-Length", "Upgrade", "TE",
        "Trailer", "Proxy-Authenticate", "Proxy-Authorization", "Expect", "Host", "HTTP2-Settings",
        LoadReport.RequestHeader,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Characters that a field's value and a host must not have (RFC 9110 sections 5.5 and 7.2).
    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\0\r\n");
    private static readonly SearchValues<char> HostBreaks =
        SearchValues.Create([.. Enumerable.Range(0, 0x21).Select(c => (char)c), '\x7F']);

    /// <summary>
    /// Writes the head. HTTP/2 can carry octets that HTTP/1.1 would read as the end of a line or a field (RFC 9113
    /// section 10.3); a request with such octets is not written.
    /// </summary>
    /// <param name="writer">Receives the head.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="host">The Host that the address is to see.</param>
    /// <param name="forwarded">What is said of the client.</param>
    /// <param name="hasBody">Whether a body follows.</param>
    /// <param name="reports">Whether load reports are asked for.</param>
    /// <param name="traced">Whether the last field is to be the place of a <c>traceparent</c>, for
    /// <see cref="WithParent"/>.</param>
    /// <returns>False where the request cannot be written in HTTP/1.1; what the writer has then must not be
    /// sent.</returns>
    public static bool TryWrite(ArrayBufferWriter<byte> writer, HttpRequest request, string host,
        in ForwardedFields forwarded, bool hasBody, bool reports = false, bool traced = false)
    {
        if (!IsToken(request.Method) || !RequestTarget.TryTake(request, out var target)
            || host.AsSpan().ContainsAny(HostBreaks))
            return false;
        Put(writer, request.Method);
        Put(writer, " "u8);
        Put(writer, target);
        Put(writer, " HTTP/1.1\r\nHost: "u8);
        Put(writer, host);
        Put(writer, "\r\n"u8);
        var named = request.Headers.Connection;
        foreach (var (name, values) in request.Headers)
        {
            if (name is [':', ..])
                continue;
            if (!IsToken(name))
                return false;
            if (Dropped.Contains(name) || forwarded.Drops(name)
                || (traced && name.Equals("traceparent", StringComparison.OrdinalIgnoreCase))
                || (named.Count > 0 && IsNamed(named, name)))
                continue;

            // HTTP/2 splits cookies for its compression; HTTP/1.1 has one field (RFC 9113 section 8.2.3).
            if (values.Count > 1 && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
            {
                var cookies = string.Join("; ", values.ToArray());
                if (cookies.AsSpan().ContainsAny(LineBreaks))
                    return false;
                Field(writer, name, cookies);
                continue;
            }

            foreach (var value in values)
            {
                if (Breaks(value))
                    return false;
                Field(writer, name, value ?? "");
            }
        }

        forwarded.Write(writer);
        if (reports)
            Field(writer, LoadReport.RequestHeader, "text");
        if (hasBody)
        {
            if (request.ContentLength is { } length)
                Field(writer, "Content-Length", length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            else
                WriteChunked(writer, request);
        }
        else if (request.Method is "POST" or "PUT" or "PATCH")
        {
            Put(writer, "Content-Length: 0\r\n"u8);
        }

        if (hasBody && ExpectsContinue(request))
            Put(writer, "Expect: 100-continue\r\n"u8);
        if (Trailers.AreWanted(request))
            Put(writer, "TE: trailers\r\nConnection: TE\r\n"u8);
        if (traced)
            Field(writer, "traceparent", NoParent);
        Put(writer, "\r\n"u8);
        return true;
    }

    /// <summary>Whether a value would end its line.</summary>
    public static bool Breaks(string? value) => value.AsSpan().ContainsAny(LineBreaks);

    /// <summary>Whether a client waits to be told to send its body (RFC 9110 section 10.1.1).</summary>
    public static bool ExpectsContinue(HttpRequest request) =>
        request.Headers.Expect is [{ } only] && only.Equals("100-continue", StringComparison.OrdinalIgnoreCase)
        && !HttpProtocol.IsHttp10(request.Protocol);

    /// <summary>Whether a field is of one connection, or one that the gateway writes itself.</summary>
    public static bool IsOfHop(string name) => Dropped.Contains(name);

    /// <summary>A copy of the head for one attempt, with the span of the attempt in <c>traceparent</c>.</summary>
    public static byte[] WithParent(ReadOnlySpan<byte> head, string parent)
    {
        var own = head.ToArray();
        Encoding.ASCII.GetBytes(parent, own.AsSpan(^(NoParent.Length + 4)));
        return own;
    }

    public static void Field(ArrayBufferWriter<byte> writer, string name, string value)
    {
        Put(writer, name);
        Put(writer, ": "u8);
        Put(writer, value);
        Put(writer, "\r\n"u8);
    }

    public static bool IsToken(string name)
    {
        foreach (var c in name)
        {
            if (c > 0x7F || !FieldNames.IsTokenCharacter((byte)c))
                return false;
        }

        return name.Length > 0;
    }

    // Some servers take only the trailers that were announced.
    private static void WriteChunked(ArrayBufferWriter<byte> writer, HttpRequest request)
    {
        Put(writer, "Transfer-Encoding: chunked\r\n"u8);
        foreach (var announced in request.Headers.Trailer)
        {
            if (!Breaks(announced))
                Field(writer, "Trailer", announced ?? "");
        }
    }

    private static bool IsNamed(Microsoft.Extensions.Primitives.StringValues connection, string name)
    {
        foreach (var value in connection)
        {
            foreach (var part in (value ?? "").AsSpan().Split(','))
            {
                if (value.AsSpan()[part].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }

    private static void Put(ArrayBufferWriter<byte> writer, ReadOnlySpan<byte> octets) => writer.Write(octets);

    // Kestrel is told to read fields as Latin-1, so that every octet is sent as it was received.
    public static void Put(ArrayBufferWriter<byte> writer, string text)
    {
        var room = writer.GetSpan(text.Length);
        writer.Advance(Encoding.Latin1.GetBytes(text, room));
    }
}
