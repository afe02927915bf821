using System.Text;

namespace Meridian.Dns.Records.Fields;

/// <summary>A property tag of letters and digits (RFC 8659 section 4.1.1).</summary>
internal sealed class TagField(string wanted) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is not { } token)
            return;
        if (token.Text.Length is > 0 and <= 255 && token.Text.All(char.IsAsciiLetterOrDigit))
            text.Add([(byte)token.Text.Length, .. Encoding.ASCII.GetBytes(token.Text)]);
        else
            text.Fail($"`{token}` is not {Wanted} such as issue");
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => rest.IsEmpty ? -1 : rest[0] + 1;
}
