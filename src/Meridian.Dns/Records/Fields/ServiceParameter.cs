using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Meridian.Addresses;

namespace Meridian.Dns.Records.Fields;

/// <summary>One parameter of a SVCB or HTTPS record (RFC 9460 section 14.3.2), from text to octets.</summary>
internal static class ServiceParameter
{
    public const int Mandatory = 0;
    public const int Alpn = 1;
    public const int NoDefaultAlpn = 2;

    private static readonly string[] Keys =
        ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];

    public static string Known => string.Join(", ", Keys);

    /// <summary>Reads a name such as <c>alpn</c> or <c>key667</c>.</summary>
    public static bool TryKey(string name, out int key)
    {
        key = Array.IndexOf(Keys, name);
        return key >= 0 || (name.StartsWith("key", StringComparison.Ordinal) && name is { Length: > 3 and <= 8 }
            && (name[3] != '0' || name.Length == 4)
            && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out key) && key < 65535);
    }

    /// <summary>The value in the form of a message; null where it is not one of the parameter's.</summary>
    /// <param name="key">The parameter.</param>
    /// <param name="value">The value as written, with the escapes of master files resolved.</param>
    public static byte[]? Encode(int key, byte[] value)
    {
        var text = Encoding.Latin1.GetString(value);
        switch (key)
        {
            case Mandatory:
                return EncodeKeys(text);
            case Alpn:
                return SplitList(text) is { } protocols && protocols.All(p => p.Length is > 0 and < 256)
                    ? [.. protocols.SelectMany(p => (byte[])[(byte)p.Length, .. Encoding.Latin1.GetBytes(p)])]
                    : null;
            case NoDefaultAlpn:
                return value.Length == 0 ? [] : null;
            case 3:
                return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                    ? [(byte)(port >> 8), (byte)port]
                    : null;
            case 4:
                return EncodeAddresses(text, AddressFamily.InterNetwork);
            case 5:
                var buffer = new byte[text.Length];
                return text.Length > 0 && Convert.TryFromBase64String(text, buffer, out var written)
                    ? buffer[..written] : null;
            case 6:
                return EncodeAddresses(text, AddressFamily.InterNetworkV6);
            default:
                return value;
        }
    }

    /// <summary>Appendix A.1: commas between items; <c>\,</c> and <c>\\</c> are a comma and a backslash.</summary>
    private static List<string>? SplitList(string text)
    {
        var items = new List<string>();
        var item = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ',')
            {
                items.Add(item.ToString());
                item.Clear();
                continue;
            }

            if (text[i] == '\\' && (++i >= text.Length || text[i] is not (',' or '\\')))
                return null;
            item.Append(text[i]);
        }

        items.Add(item.ToString());
        return items;
    }

    private static byte[]? EncodeKeys(string text)
    {
        var keys = new SortedSet<int>();
        foreach (var name in text.Split(','))
        {
            if (!TryKey(name, out var key) || key == Mandatory || !keys.Add(key))
                return null;
        }

        return [.. keys.SelectMany(k => new[] { (byte)(k >> 8), (byte)k })];
    }

    private static byte[]? EncodeAddresses(string text, AddressFamily family)
    {
        var bytes = new List<byte>();
        foreach (var part in text.Split(','))
        {
            if (!IpText.TryParse(part, out var address) || address.AddressFamily != family)
                return null;
            bytes.AddRange(address.GetAddressBytes());
        }

        return [.. bytes];
    }
}
