namespace Meridian.Dns.Records.Fields;

/// <summary>Octets to the end of the data, in base64 that may be in several words.</summary>
internal sealed class Base64Field(string wanted) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Rest(Wanted) is not { } letters)
            return;
        var buffer = new byte[letters.Length];
        if (Convert.TryFromBase64String(letters, buffer, out var written))
            text.Add(buffer.AsSpan(0, written));
        else
            text.Fail($"{Wanted} must be base64");
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => rest.Length;
}
