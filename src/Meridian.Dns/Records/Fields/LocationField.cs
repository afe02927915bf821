using System.Globalization;

namespace Meridian.Dns.Records.Fields;

/// <summary>
/// A place on Earth (RFC 1876): latitude and longitude in degrees, minutes and seconds, altitude in metres, and then
/// size and precisions in metres, which may be left out.
/// </summary>
internal sealed class LocationField() : RDataField("a latitude")
{
    private const int Length = 16;
    private const decimal BaseAltitude = 100_000m;

    public override void Read(RDataText text)
    {
        var latitude = ReadAngle(text, "a latitude", 90, 'N', 'S');
        var longitude = ReadAngle(text, "a longitude", 180, 'E', 'W');
        var altitude = ReadMetres(text, "an altitude", -BaseAltitude, 42_849_672.95m);
        var size = ReadSize(text, "a size", 1);
        var horizontal = ReadSize(text, "a horizontal precision", 10_000);
        var vertical = ReadSize(text, "a vertical precision", 10);
        if (text.Error is not null)
            return;
        text.Add([0, size, horizontal, vertical]);
        text.AddNumber(latitude, 4);
        text.AddNumber(longitude, 4);
        text.AddNumber((ulong)((altitude + BaseAltitude) * 100), 4);
    }

    // RFC 1876 section 2: only version 0 is known.
    public override int LengthOf(ReadOnlySpan<byte> rest) => rest is [0, ..] ? Length : -1;

    // Thousandths of a second of arc from 2^31, which is the equator or the prime meridian.
    private static uint ReadAngle(RDataText text, string wanted, int most, char positive, char negative)
    {
        var parts = new List<decimal>();
        while (text.Next(wanted) is { } token)
        {
            if (token.Text is [var letter] && char.ToUpperInvariant(letter) is var side && side is not (< 'A' or > 'Z'))
            {
                var total = parts.Count == 0 ? -1
                    : parts.Zip((decimal[])[3_600_000, 60_000, 1000], (part, unit) => part * unit).Sum();
                if (total < 0 || total > most * 3_600_000m || (side != positive && side != negative))
                    text.Fail($"{wanted} ends in {positive} or {negative} and is {most} degrees at most");
                return (uint)((1L << 31) + (side == positive ? (long)total : -(long)total));
            }

            var part = 0m;
            if (parts.Count == 3 || !TryNumber(token.Text, parts.Count == 2 ? 3 : 0, out part)
                || (parts.Count > 0 && part >= 60))
                text.Fail($"`{token}` is not part of {wanted} such as `51 30 12.748 {positive}`");
            parts.Add(part);
        }

        return 0;
    }

    private static decimal ReadMetres(RDataText text, string wanted, decimal least, decimal most)
    {
        if (text.Next(wanted) is not { } token)
            return 0;
        var number = token.Text.EndsWith('m') || token.Text.EndsWith('M') ? token.Text[..^1] : token.Text;
        var isNegative = number.StartsWith('-');
        if (!TryNumber(isNegative ? number[1..] : number, 2, out var metres))
            text.Fail($"`{token}` is not {wanted} in metres, such as 10.00m");
        metres = isNegative ? -metres : metres;
        if (metres < least || metres > most)
            text.Fail($"`{token}` is not {wanted}: {least} to {most} metres are possible");
        return metres;
    }

    // One digit and a power of ten, in centimetres.
    private static byte ReadSize(RDataText text, string wanted, int metres)
    {
        var centimetres = 100 * (text.IsDone ? metres : ReadMetres(text, wanted, 0, 90_000_000));
        var power = 0;
        while (centimetres >= 10)
        {
            centimetres = Math.Floor(centimetres / 10);
            power++;
        }

        return (byte)(((int)centimetres << 4) | power);
    }

    private static bool TryNumber(string text, int decimals, out decimal number)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        number = 0;
        return text.Length <= 20 && (point < 0 || text.Length - point - 1 <= decimals)
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}
