namespace Meridian.Dns.Records.Fields;

/// <summary>Text of any length to the end of the data, without a length of its own.</summary>
internal sealed class LongTextField(string wanted) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is not { } token)
            return;
        if (token.TryDecode(out var octets))
            text.Add(octets);
        else
            text.Fail(token.EscapeFault);
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => rest.Length;
}
