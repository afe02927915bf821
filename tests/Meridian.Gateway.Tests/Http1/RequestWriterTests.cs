using System.Buffers;
using System.Net;
using System.Text;
using CsCheck;
using Meridian.Gateway.Http1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Gateway.Tests.Http1;

/// <summary>
/// HTTP/2 can carry what ends a line in HTTP/1.1: none of it becomes a field or a request of its own.
/// </summary>
public sealed class RequestWriterTests
{
    [Theory]
    [InlineData("GET", "/", "x", "a\r\nX-Injected: b")]
    [InlineData("GET", "/", "x", "a\nb")]
    [InlineData("GET", "/", "x", "a\0b")]
    [InlineData("GET", "/", "x: y\r\nz", "a")]
    [InlineData("GET", "/", "x y", "a")]
    [InlineData("GET", "/", "Cookie", "a\r\n\r\nGET / HTTP/1.1")]
    [InlineData("GET", "/ HTTP/1.1\r\nHost: evil", "x", "a")]
    [InlineData("GET", "/a b", "x", "a")]
    [InlineData("GET /x HTTP/1.1\r\nHost: evil\r\n\r\nGET", "/", "x", "a")]
    public void What_would_break_a_line_is_not_written(string method, string target, string name, string value) =>
        Assert.Null(Write(method, target, name, value));

    [Fact]
    public void Whatever_is_written_has_as_many_lines_as_fields() =>
        Gen.Select(Gen.String, Gen.String, Gen.String).Sample((target, name, value) =>
    {
        var head = Write("GET", "/" + target, name, value) ?? Write("GET", "/", name, value);
        if (head is null)
            return;
        var lines = head.Split("\r\n");
        Assert.StartsWith("GET /", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" HTTP/1.1", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..^2], line => Assert.Contains(": ", line, StringComparison.Ordinal));
        Assert.True(lines.Length is 9 or 10, head);
        Assert.Equal(["", ""], lines[^2..]);
        Assert.DoesNotContain('\n', string.Concat(lines));
    }, iter: 20_000, threads: 1);

    private static string? Write(string method, string target, string name, string value)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Host = new HostString("app.example.org");
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        if (name.Length > 0)
            context.Request.Headers[name] = value;
        var writer = new ArrayBufferWriter<byte>();
        return RequestWriter.TryWrite(writer, context.Request, "app.example.org",
            ForwardedFields.Of(context.Request, IPAddress.Loopback, null), false)
            ? Encoding.Latin1.GetString(writer.WrittenSpan)
            : null;
    }
}
