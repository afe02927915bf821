namespace Meridian.Dns.Records.Fields;

/// <summary>Up to 255 octets with their length in front, in hexadecimal digits; <c>-</c> for none (RFC 5155).</summary>
internal sealed class SaltField(string wanted) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is not { } token)
            return;
        if (token.Text == "-")
            text.Add([0]);
        else if (token.Text.Length is >= 2 and <= 510 && token.Text.Length % 2 == 0
            && token.Text.All(char.IsAsciiHexDigit))
            text.Add([(byte)(token.Text.Length / 2), .. Convert.FromHexString(token.Text)]);
        else
            text.Fail($"`{token}` is not {Wanted}: up to 255 pairs of hexadecimal digits, or `-` for none");
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => rest.IsEmpty ? -1 : rest[0] + 1;
}
