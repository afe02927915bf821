using System.Collections.Frozen;
using System.Globalization;

namespace Meridian.Dns.Records.Fields;

/// <summary>A whole number, in some fields with words that stand for some of its values.</summary>
internal sealed class NumberField(string wanted, int octets, FrozenDictionary<string, ulong>? words = null)
    : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is not { } token)
            return;
        var max = (1UL << (octets * 8)) - 1;
        if (ulong.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= max)
            text.AddNumber(number, octets);
        else if (words is not null && words.TryGetValue(token.Text, out number))
            text.AddNumber(number, octets);
        else
            text.Fail($"`{token}` is not {Wanted}: a whole number up to {max} is wanted"
                + (words is null ? "" : ", or a word such as " + words.Keys.Order().First()));
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => octets;
}
