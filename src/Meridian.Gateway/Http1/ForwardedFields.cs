using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Http1;

/// <summary>
/// What addresses are told of the client: <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c>, and <c>Forwarded</c>
/// (RFC 7239) where a trusted peer sent it. What an untrusted client says of itself is dropped.
/// </summary>
internal readonly struct ForwardedFields(string chain, string scheme, string host, string? forwarded, bool trusted)
{
    /// <summary>The client's address; from a trusted peer, what it said of the client, and its own address.</summary>
    public string Chain { get; } = chain;

    public string Scheme { get; } = scheme;

    public string Host { get; } = host;

    public string? Forwarded { get; } = forwarded;

    /// <summary>
    /// Whether a field of a request is dropped, because it speaks for the gateway or for a proxy that is not trusted.
    /// </summary>
    public bool Drops(string name) =>
        name.StartsWith("X-", StringComparison.OrdinalIgnoreCase)
        && (name.StartsWith("X-Meridian-", StringComparison.OrdinalIgnoreCase)
            || (!trusted && (name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
                || name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase))));

    /// <param name="request">The request.</param>
    /// <param name="peer">The address that is connected.</param>
    /// <param name="trusted">Whether the peer is believed when it says who the client is.</param>
    public static ForwardedFields Of(HttpRequest request, IPAddress peer, bool trusted)
    {
        var chain = peer.ToString();
        if (!trusted)
            return new ForwardedFields(chain, request.Scheme, request.Host.Value ?? "", null, false);
        var before = OneLine(request.Headers["X-Forwarded-For"].ToString());
        var forwarded = OneLine(request.Headers["Forwarded"].ToString());
        return new ForwardedFields(
            before.Length > 0 ? $"{before}, {chain}" : chain,
            Otherwise(OneLine(request.Headers["X-Forwarded-Proto"].ToString()), request.Scheme),
            Otherwise(OneLine(request.Headers["X-Forwarded-Host"].ToString()), request.Host.Value ?? ""),
            forwarded.Length > 0 ? $"{forwarded}, for={Node(peer)}" : null, true);
    }

    public void Write(ArrayBufferWriter<byte> writer)
    {
        RequestWriter.Field(writer, "X-Forwarded-For", Chain);
        RequestWriter.Field(writer, "X-Forwarded-Proto", Scheme);
        RequestWriter.Field(writer, "X-Forwarded-Host", Host);
        if (Forwarded is not null)
            RequestWriter.Field(writer, "Forwarded", Forwarded);
    }

    // HTTP/2 could carry the end of a line in a value. Such a value is ignored.
    private static string OneLine(string text) => text.AsSpan().ContainsAny('\0', '\r', '\n') ? "" : text;

    private static string Otherwise(string text, string otherwise) => text.Length > 0 ? text : otherwise;

    private static string Node(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        ? $"\"[{address}]\"" : address.ToString();
}
