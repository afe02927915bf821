namespace Meridian.Dns.Records.Fields;

/// <summary>Octets to the end of the data, in hexadecimal digits that may be in several words.</summary>
internal sealed class HexField(string wanted) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Rest(Wanted) is not { } digits)
            return;
        if (digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit))
            text.Add(Convert.FromHexString(digits));
        else
            text.Fail($"{Wanted} must be pairs of hexadecimal digits");
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => rest.Length;
}
