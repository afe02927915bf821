using System.Text;

namespace Meridian.Tunnel.Sites;

/// <summary>One HTTP/1.1 request without a body whose answer is a head alone: CONNECT or Upgrade.</summary>
internal static class HeadExchange
{
    /// <summary>The longest head of an answer, in octets.</summary>
    public const int MaxHead = 8 * 1024;

    /// <summary>Sends the request and reads the head of the answer, and no octet after it.</summary>
    /// <exception cref="DialException">The answer ends before its head, or its head is too long.</exception>
    public static async Task<(int Status, string StatusLine)> SendAsync(Stream stream, string request,
        CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        var head = new byte[MaxHead];
        for (var length = 0; length < head.Length; length++)
        {
            // Octet by octet: what follows the head belongs to others.
            if (await stream.ReadAsync(head.AsMemory(length, 1), cancellationToken) == 0)
                throw new DialException("the connection ended before an answer");
            if (head.AsSpan(0, length + 1).EndsWith("\r\n\r\n"u8))
            {
                var statusLine = Encoding.ASCII.GetString(head, 0, length).Split('\r')[0];
                return (StatusOf(statusLine), statusLine);
            }
        }

        throw new DialException($"the head of the answer is longer than {MaxHead} octets");
    }

    /// <summary>The status code; 0 for a line that has none.</summary>
    public static int StatusOf(string statusLine) =>
        statusLine.Split(' ') is [_, { Length: 3 } status, ..]
        && int.TryParse(status, System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;
}
