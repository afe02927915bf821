using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Http1;

/// <summary>
/// What addresses are told of the client: <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Port</c>,
/// <c>X-Real-IP</c>, and <c>Forwarded</c> (RFC 7239) where a trusted peer sent it. What an untrusted client says of
/// itself is dropped.
/// </summary>
internal readonly struct ForwardedFields
{
    // Written with every request.
    private static readonly string[] Own =
        ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP", "Forwarded"];

    private readonly bool _trusted;

    private ForwardedFields(bool trusted) => _trusted = trusted;

    /// <summary>The peer's address; from a trusted peer, what it said of the client, and its own address.</summary>
    public required string Chain { get; init; }

    /// <summary>The address of the client alone.</summary>
    public required string Client { get; init; }

    public required string Scheme { get; init; }

    public required string Host { get; init; }

    /// <summary>The port that the client asked.</summary>
    public required int Port { get; init; }

    public string? Forwarded { get; init; }

    /// <summary>
    /// Whether a field of a request is dropped, because it speaks for the gateway or for a proxy that is not trusted.
    /// </summary>
    public bool Drops(string name)
    {
        // Services that pass fields on as variables (CGI, WSGI, PHP) take `_` for `-`.
        if (name.Contains('_', StringComparison.Ordinal))
            return SpeaksForProxies(name.Replace('_', '-'));
        if (name.Length == 0 || (name[0] | 0x20) is not ('x' or 'f'))
            return false;
        foreach (var own in Own)
        {
            if (name.Equals(own, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return _trusted ? name.StartsWith("X-Meridian-", StringComparison.OrdinalIgnoreCase) : SpeaksForProxies(name);
    }

    /// <param name="request">The request.</param>
    /// <param name="peer">The address that is connected.</param>
    /// <param name="client">Where the client is; null where the peer is not believed, and is the client.</param>
    public static ForwardedFields Of(HttpRequest request, IPAddress peer, IPAddress? client)
    {
        var address = peer.ToString();
        var port = request.HttpContext.Connection.LocalPort;
        if (client is null)
        {
            return new ForwardedFields(trusted: false)
            {
                Chain = address,
                Client = address,
                Scheme = request.Scheme,
                Host = request.Host.Value ?? "",
                Port = port,
            };
        }

        var before = OneLine(request.Headers["X-Forwarded-For"].ToString());
        var forwarded = OneLine(request.Headers["Forwarded"].ToString());
        return new ForwardedFields(trusted: true)
        {
            Chain = before.Length > 0 ? $"{before}, {address}" : address,
            Client = client.ToString(),
            Scheme = Otherwise(OneLine(request.Headers["X-Forwarded-Proto"].ToString()), request.Scheme),
            Host = Otherwise(OneLine(request.Headers["X-Forwarded-Host"].ToString()), request.Host.Value ?? ""),
            Port = ushort.TryParse(request.Headers["X-Forwarded-Port"].ToString(), NumberStyles.None,
                CultureInfo.InvariantCulture, out var asked) ? asked : port,
            Forwarded = forwarded.Length > 0 ? $"{forwarded}, for={Node(peer)}" : null,
        };
    }

    public void Write(ArrayBufferWriter<byte> writer)
    {
        RequestWriter.Field(writer, "X-Forwarded-For", Chain);
        RequestWriter.Field(writer, "X-Forwarded-Proto", Scheme);
        RequestWriter.Field(writer, "X-Forwarded-Host", Host);
        writer.Write("X-Forwarded-Port: "u8);
        Utf8Formatter.TryFormat(Port, writer.GetSpan(5), out var digits);
        writer.Advance(digits);
        writer.Write("\r\n"u8);
        RequestWriter.Field(writer, "X-Real-IP", Client);
        if (Forwarded is not null)
            RequestWriter.Field(writer, "Forwarded", Forwarded);
    }

    /// <summary>Whether a field speaks for a hop, or for a proxy on the way.</summary>
    public static bool SpeaksForProxies(string name) =>
        RequestWriter.IsOfHop(name)
        || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Meridian-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase);

    // HTTP/2 could carry the end of a line in a value. Such a value is ignored.
    private static string OneLine(string text) => text.AsSpan().ContainsAny('\0', '\r', '\n') ? "" : text;

    private static string Otherwise(string text, string otherwise) => text.Length > 0 ? text : otherwise;

    private static string Node(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        ? $"\"[{address}]\"" : address.ToString();
}
