using Meridian.Dns.Signing;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records.Fields;

/// <summary>A set of record types as a bitmap (RFC 4034 section 4.1.2), to the end of the data.</summary>
internal sealed class TypesField() : RDataField("a record type")
{
    public override void Read(RDataText text)
    {
        var types = new SortedSet<RecordType>();
        while (!text.IsDone && text.Next(Wanted) is { } token)
        {
            if (RecordTypes.TryParse(token.Text, out var type))
                types.Add(type);
            else
                text.Fail($"`{token}` is not {Wanted}");
        }

        text.Add(NsecData.Bitmap([.. types]));
    }

    public override int LengthOf(ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (length < rest.Length)
        {
            if (rest.Length - length < 2 || rest[length + 1] is 0 or > 32)
                return -1;
            length += 2 + rest[length + 1];
        }

        return length;
    }
}
