namespace Meridian.Dns.Records.Fields;

/// <summary>A character string: one length octet and up to 255 octets (RFC 1035 section 3.3).</summary>
internal sealed class TextField(string wanted) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is not { } token)
            return;
        if (!token.TryDecode(out var octets))
            text.Fail(token.EscapeFault);
        else if (octets.Length > 255)
            text.Fail($"a text is {octets.Length} octets long, and 255 is the most; split it into several");
        else
            text.Add([(byte)octets.Length, .. octets]);
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => rest.IsEmpty ? -1 : rest[0] + 1;
}
