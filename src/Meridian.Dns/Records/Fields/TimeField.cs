namespace Meridian.Dns.Records.Fields;

/// <summary>Seconds in 32 bits, also written as in <c>1h30m</c>.</summary>
internal sealed class TimeField(string wanted) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is not { } token)
            return;
        if (MasterTtl.TryParse(token.Text, out var seconds))
            text.AddNumber(seconds, 4);
        else
            text.Fail($"`{token}` is not {Wanted}: seconds in 32 bits, or a time such as 1h30m");
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => 4;
}
