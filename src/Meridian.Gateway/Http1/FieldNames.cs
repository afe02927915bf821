using System.Buffers;
using System.Text;

namespace Meridian.Gateway.Http1;

/// <summary>Names of header fields. No string is allocated for those that nearly every answer has.</summary>
internal static class FieldNames
{
    private static readonly SearchValues<byte> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~"u8);

    /// <summary>Octets that a value must not have (RFC 9110 section 5.5): controls except the tab.</summary>
    public static SearchValues<byte> Controls { get; } =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(c => c != '\t').Select(c => (byte)c), 0x7F]);

    // Indexed by length and last letter, which differ for each of these.
    private static readonly string?[] Known = Index(
        "Date", "Server", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",
        "Cache-Control",
        "ETag", "Last-Modified", "Vary", "Content-Encoding", "Set-Cookie", "Location", "Retry-After", "Accept-Ranges",
        "Content-Range", "Upgrade", "Proxy-Connection", "Strict-Transport-Security", "Access-Control-Allow-Origin");

    public static bool IsTokenCharacter(byte c) => TokenCharacters.Contains(c);

    public static string Of(ReadOnlySpan<byte> name) =>
        Known[Slot(name.Length, name[^1])] is { } known
        && Ascii.EqualsIgnoreCase(name, known) ? known : Encoding.ASCII.GetString(name);

    private static int Slot(int length, byte last) => ((length * 32) + (last & 31)) & 1023;

    private static string?[] Index(params ReadOnlySpan<string> names)
    {
        var index = new string?[1024];
        foreach (var name in names)
            index[Slot(name.Length, (byte)name[^1])] = name;
        return index;
    }
}
