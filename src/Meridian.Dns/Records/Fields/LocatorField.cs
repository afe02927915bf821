using System.Globalization;

namespace Meridian.Dns.Records.Fields;

/// <summary>64 bits as four hexadecimal numbers, such as <c>2001:db8:1140:1000</c> (RFC 6742).</summary>
internal sealed class LocatorField(string wanted) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is not { } token)
            return;
        var groups = token.Text.Split(':');
        if (groups.Length != 4 || !groups.All(g => g.Length is >= 1 and <= 4 && g.All(char.IsAsciiHexDigit)))
        {
            text.Fail($"`{token}` is not {Wanted} of four hexadecimal numbers with `:` between them");
            return;
        }

        foreach (var group in groups)
            text.AddNumber(ulong.Parse(group, NumberStyles.HexNumber, CultureInfo.InvariantCulture), 2);
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => 8;
}
