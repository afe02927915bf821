using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Meridian.Gateway.Retries;

namespace Meridian.Gateway.Http1;

/// <summary>
/// Reads heads and trailers of answers strictly: whatever two readers could understand in two ways is refused.
/// </summary>
internal static class ResponseParser
{
    /// <param name="head">The octets up to and with the empty line.</param>
    /// <param name="bodiless">Whether an answer to this request never has a body (HEAD).</param>
    /// <exception cref="UpstreamException">It is not a head.</exception>
    public static ResponseHead Parse(ReadOnlySpan<byte> head, bool bodiless)
    {
        var line = NextLine(ref head);
        var result = new ResponseHead();

        // status-line = HTTP-version SP status-code SP [ reason-phrase ]
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' ' || (line.Length > 12 && line[12] != ' ')
            || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var read) || read != 3 || status < 100)
            throw Malformed("no status line");
        result.Status = status;
        result.KeepAlive = line[7] == '1';
        long? length = null;
        string? connection = null;
        var chunked = false;
        while (!head.IsEmpty)
        {
            line = NextLine(ref head);
            if (line.IsEmpty)
                break;
            var (name, value) = Field(line);
            switch (name)
            {
                case "Content-Length":
                    if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
                        || (length is { } other && other != given))
                        throw Malformed("Content-Length");
                    length = given;
                    break;
                case "Transfer-Encoding":
                    if (!value.Equals("chunked", StringComparison.OrdinalIgnoreCase) || chunked)
                        throw Malformed("Transfer-Encoding");
                    chunked = true;
                    break;
                case "Connection":
                    connection = connection is null ? value : $"{connection},{value}";
                    break;
                case "Keep-Alive" or "Proxy-Connection" or "Upgrade":
                    break;
                default:
                    result.Fields.Add(new(name, value));
                    break;
            }
        }

        if (connection is not null)
            ApplyConnection(result, connection);
        Frame(result, bodiless, chunked, length);
        return result;
    }

    /// <summary>Reads the trailer fields behind the last chunk (RFC 9112 section 7.1.2).</summary>
    public static void ParseTrailers(ReadOnlySpan<byte> section, List<KeyValuePair<string, string>> trailers)
    {
        while (!section.IsEmpty)
        {
            var line = NextLine(ref section);
            if (line.IsEmpty)
                return;
            var (name, value) = Field(line);
            trailers.Add(new(name, value));
        }
    }

    // Besides its own words it names fields that are of this connection alone (RFC 9110 section 7.6.1).
    private static void ApplyConnection(ResponseHead head, string connection)
    {
        var closes = false;
        foreach (var part in connection.AsSpan().Split(','))
        {
            var name = connection.AsSpan()[part].Trim(" \t");
            if (name.Equals("close", StringComparison.OrdinalIgnoreCase))
                closes = true;
            else if (name.Equals("keep-alive", StringComparison.OrdinalIgnoreCase))
                head.KeepAlive = true;
            else
                head.Remove(name);
        }

        head.KeepAlive &= !closes;
    }

    // RFC 9112 section 6.3. Both framings together are how answers are smuggled, so that the connection is not reused.
    private static void Frame(ResponseHead head, bool bodiless, bool chunked, long? length)
    {
        if (chunked && length is not null)
            head.KeepAlive = false;
        if (bodiless || head.Status is < 200 or 204 or 304)
        {
            head.Framing = BodyFraming.None;
            head.Length = length ?? -1;
        }
        else if (chunked)
        {
            head.Framing = BodyFraming.Chunked;
        }
        else if (length is { } octets)
        {
            head.Framing = octets == 0 ? BodyFraming.None : BodyFraming.Length;
            head.Length = octets;
        }
        else
        {
            head.Framing = BodyFraming.UntilClose;
            head.KeepAlive = false;
        }
    }

    private static (string Name, string Value) Field(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');

        // A line that begins with a space is the obsolete folding of RFC 9112 section 5.2. It is refused.
        if (colon <= 0 || !IsToken(line[..colon]))
            throw Malformed("a header field");
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAny(FieldNames.Controls))
            throw Malformed("a header value");
        return (FieldNames.Of(line[..colon]), Encoding.Latin1.GetString(value));
    }

    private static bool IsToken(ReadOnlySpan<byte> name)
    {
        foreach (var c in name)
        {
            if (!FieldNames.IsTokenCharacter(c))
                return false;
        }

        return true;
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
            throw Malformed("a line without an end");
        var line = rest[..end];
        rest = rest[(end + 1)..];
        if (line.IsEmpty || line[^1] != '\r')
            throw Malformed("a line that does not end with CR LF");
        return line[..^1];
    }

    private static UpstreamException Malformed(string what) =>
        new(FailureKind.Malformed, $"the answer is not HTTP/1.1: {what}");
}
