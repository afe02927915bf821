using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Meridian.Addresses;

namespace Meridian.Dns.Records;

/// <summary>SVCB and HTTPS (RFC 9460 section 2.1 and appendix A).</summary>
public sealed partial class RDataParser
{
    private static readonly string[] ServiceKeys =
        ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];

    private void ReadServiceBinding()
    {
        var first = _next;
        ReadNumber("a priority", 2);
        ReadName("a target");
        if (_error is not null)
            return;
        if (_tokens[first].Text.TrimStart('0').Length == 0 && _next < _tokens.Length)
        {
            _error = "priority 0 is the alias form, which has no parameters";
            return;
        }

        var parameters = new SortedDictionary<int, byte[]>();
        while (_error is null && _next < _tokens.Length)
            ReadServiceParameter(_tokens[_next++], parameters);
        if (_error is not null)
            return;
        CheckMandatory(parameters);
        foreach (var (key, value) in parameters)
        {
            AddNumber((ulong)key, 2);
            AddNumber((ulong)value.Length, 2);
            _data.AddRange(value);
        }
    }

    private void ReadServiceParameter(MasterToken token, SortedDictionary<int, byte[]> parameters)
    {
        var equals = token.Text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? token.Text : token.Text[..equals];
        var text = equals < 0 ? "" : token.Text[(equals + 1)..];
        if (!TryServiceKey(name, out var key))
            _error = $"`{name}` is not a service parameter; there are {string.Join(", ", ServiceKeys)} and keyNNNNN";
        else if (parameters.ContainsKey(key))
            _error = $"parameter `{name}` is given twice";
        else if (ServiceValue(key, text) is { } value)
            parameters[key] = value;
        else
            _error = $"`{text}` is not a value of parameter `{name}`";
    }

    private static bool TryServiceKey(string name, out int key)
    {
        key = Array.IndexOf(ServiceKeys, name);
        return key >= 0 || (name.StartsWith("key", StringComparison.Ordinal) && name.Length is > 3 and <= 8
            && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out key) && key < 65535);
    }

    private static byte[]? ServiceValue(int key, string text)
    {
        switch (key)
        {
            case 0:
                var keys = new List<int>();
                foreach (var name in text.Split(','))
                {
                    if (!TryServiceKey(name, out var named) || named == 0 || keys.Contains(named))
                        return null;
                    keys.Add(named);
                }

                return [.. keys.Order().SelectMany(k => new[] { (byte)(k >> 8), (byte)k })];
            case 1:
                var protocols = text.Split(',').Select(Encoding.UTF8.GetBytes).ToArray();
                return protocols.All(p => p.Length is > 0 and < 256)
                    ? [.. protocols.SelectMany(p => (byte[])[(byte)p.Length, .. p])]
                    : null;
            case 2:
                return text.Length == 0 ? [] : null;
            case 3:
                return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                    ? [(byte)(port >> 8), (byte)port]
                    : null;
            case 4:
                return Addresses(text, AddressFamily.InterNetwork);
            case 5:
                var buffer = new byte[text.Length];
                return text.Length > 0 && Convert.TryFromBase64String(text, buffer, out var written)
                    ? buffer[..written] : null;
            case 6:
                return Addresses(text, AddressFamily.InterNetworkV6);
            default:
                return new MasterToken(text, true).TryDecode(out var octets) ? octets : null;
        }
    }

    private static byte[]? Addresses(string text, AddressFamily family)
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

    /// <summary>
    /// RFC 9460 section 8: what <c>mandatory</c> lists must be there, and <c>no-default-alpn</c> needs <c>alpn</c>.
    /// </summary>
    private void CheckMandatory(SortedDictionary<int, byte[]> parameters)
    {
        if (parameters.ContainsKey(2) && !parameters.ContainsKey(1))
            _error = "`no-default-alpn` needs `alpn`";
        if (!parameters.TryGetValue(0, out var mandatory))
            return;
        for (var i = 0; i < mandatory.Length; i += 2)
        {
            if (!parameters.ContainsKey((mandatory[i] << 8) | mandatory[i + 1]))
                _error = "`mandatory` lists a parameter that is not given";
        }
    }
}
