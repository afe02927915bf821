using System.Globalization;
using System.Net.Sockets;
using Meridian.Addresses;

namespace Meridian.Dns.Records.Fields;

/// <summary>
/// Any number of networks, such as <c>1:192.168.32.0/21 !1:192.168.38.0/28</c> (RFC 3123), to the end of the data.
/// </summary>
internal sealed class PrefixesField() : RDataField("a network")
{
    private const int HeaderLength = 4;
    private const byte Negated = 0x80;

    public override void Read(RDataText text)
    {
        while (!text.IsDone && text.Next(Wanted) is { } token)
        {
            var item = token.Text.AsSpan();
            var isNegated = item.StartsWith('!');
            item = item[(isNegated ? 1 : 0)..];
            var slash = item.LastIndexOf('/');
            if (slash < 2 || item[0] is not ('1' or '2') || item[1] != ':'
                || !IpText.TryParse(item[2..slash], out var address)
                || (address.AddressFamily == AddressFamily.InterNetwork) != (item[0] == '1')
                || !byte.TryParse(item[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
                || prefix > 8 * address.GetAddressBytes().Length)
            {
                text.Fail($"`{token}` is not {Wanted} such as 1:192.0.2.0/24, !1:192.0.2.0/28 or 2:2001:db8::/32");
                return;
            }

            var octets = address.GetAddressBytes().AsSpan().TrimEnd((byte)0);
            text.AddNumber((ulong)(item[0] - '0'), 2);
            text.Add([prefix, (byte)(octets.Length | (isNegated ? Negated : 0)), .. octets]);
        }
    }

    public override int LengthOf(ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (length < rest.Length)
        {
            if (rest.Length - length < HeaderLength)
                return -1;
            length += HeaderLength + (rest[length + 3] & ~Negated);
        }

        return length;
    }
}
