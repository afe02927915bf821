namespace Meridian.Dns.Records.Fields;

/// <summary>One field of record data.</summary>
/// <param name="wanted">What it is, for the sentences about data that lacks it or has something else.</param>
internal abstract class RDataField(string wanted)
{
    protected string Wanted { get; } = wanted;

    /// <summary>Reads the field's tokens and adds its octets, or says what is wrong with them.</summary>
    public abstract void Read(RDataText text);

    /// <summary>How many octets the field has at the start of a record's rest; below 0 where it is damaged.</summary>
    public abstract int LengthOf(ReadOnlySpan<byte> rest);
}
