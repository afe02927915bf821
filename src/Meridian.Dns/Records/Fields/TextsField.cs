namespace Meridian.Dns.Records.Fields;

/// <summary>One character string or more, to the end of the data.</summary>
internal sealed class TextsField(string wanted) : RDataField(wanted)
{
    private readonly TextField _one = new(wanted);

    public override void Read(RDataText text)
    {
        do
            _one.Read(text);
        while (!text.IsDone);
    }

    public override int LengthOf(ReadOnlySpan<byte> rest)
    {
        var length = 0;
        do
        {
            if (_one.LengthOf(rest[length..]) is not (>= 0 and var one) || one > rest.Length - length)
                return -1;
            length += one;
        }
        while (length < rest.Length);

        return length;
    }
}
