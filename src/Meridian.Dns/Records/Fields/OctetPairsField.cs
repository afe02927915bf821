using System.Globalization;

namespace Meridian.Dns.Records.Fields;

/// <summary>An address of a network interface, such as <c>00-00-5e-00-53-2a</c> (RFC 7043).</summary>
internal sealed class OctetPairsField(string wanted, int octets) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is not { } token)
            return;
        var pairs = token.Text.Split('-');
        if (pairs.Length != octets || !pairs.All(p => p.Length == 2 && p.All(char.IsAsciiHexDigit)))
            text.Fail($"`{token}` is not {Wanted} of {octets} pairs of hexadecimal digits with `-` between them");
        else
            text.Add([.. pairs.Select(p => byte.Parse(p, NumberStyles.HexNumber, CultureInfo.InvariantCulture))]);
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => octets;
}
